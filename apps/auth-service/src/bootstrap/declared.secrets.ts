/** The secrets that a bootstrap file names: variables, or files that variables name, checked before use. */
import { MAX_PASSWORD_BYTES } from '../account/password.hasher.js';
import {
  findPasswordProblem,
  findSecretProblem,
  isProduction,
} from '../config/production.rules.js';
import { readSecret } from '../config/secret.file.js';

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
