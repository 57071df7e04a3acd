/** The secrets that a bootstrap file names: variables, or files that variables name, checked before use. */
import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { ASYMMETRIC_ALGORITHMS } from '@keyward/oauth';
import { MAX_PASSWORD_BYTES } from '../account/password.hasher.js';
import {
  findPasswordProblem,
  findSecretProblem,
  isProduction,
} from '../config/production.rules.js';
import { readSecret } from '@keyward/configuration';

/** Reads secrets, and collects what is wrong with them, never with the value. */
export class DeclaredSecrets {
  readonly problems: string[] = [];

  constructor(private readonly environment: NodeJS.ProcessEnv) {}

  /** A client's secret; empty where there is a problem. */
  ofClient(clientId: string, variable: string): string {
    const name = `${variable}, the secret of client ${clientId},`;
    return this.read(variable, name, (secret) => {
      const printable = /^[\x20-\x7e]+$/.test(secret);
      if (!printable) return `${name} must be printable ASCII (RFC 6749 appendix A.2)`;
      return this.inProduction(findSecretProblem, name, secret);
    });
  }

  /** An account's password; empty where there is a problem. */
  ofAccount(username: string, variable: string): string {
    const name = `${variable}, the password of account ${username},`;
    return this.read(variable, name, (password) => {
      if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) {
        return `${name} is longer than ${MAX_PASSWORD_BYTES} bytes`;
      }
      return this.inProduction(findPasswordProblem, name, password);
    });
  }

  /** What this server authenticates with at an upstream; empty where there is a problem. */
  ofUpstream(upstreamId: string, variable: string): string {
    const name = `${variable}, the secret at upstream ${upstreamId},`;
    return this.read(variable, name, (secret) =>
      /^[\x20-\x7e]+$/.test(secret) ? null : `${name} must be printable ASCII`,
    );
  }

  /** A private key as a JWK that names its `alg`; empty where there is a problem. */
  keyForUpstream(upstreamId: string, variable: string): string {
    const name = `${variable}, the private key for upstream ${upstreamId},`;
    return this.read(variable, name, (text) =>
      isSigningJwk(text) ? null : `${name} must be a private JWK with alg`,
    );
  }

  private read(variable: string, name: string, find: (value: string) => string | null): string {
    const { value = '', problem: unreadable } = readSecret(this.environment, variable);
    const problem = unreadable ?? (value === '' ? `${name} is not set` : find(value));
    if (problem === null) return value;
    this.problems.push(problem);
    return '';
  }

  private inProduction(
    find: (name: string, value: string) => string | null,
    name: string,
    value: string,
  ): string | null {
    return isProduction(this.environment) ? find(name, value) : null;
  }
}

function isSigningJwk(text: string): boolean {
  try {
    const jwk = JSON.parse(text) as JsonWebKey & { readonly alg?: unknown };
    createPrivateKey({ key: jwk, format: 'jwk' });
    return ASYMMETRIC_ALGORITHMS.some((alg) => alg === jwk.alg);
  } catch {
    return false;
  }
}
