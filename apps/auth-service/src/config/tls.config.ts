/** Configuration namespace `tls`: whether the server speaks TLS itself, and how client certificates arrive. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { registerAs } from '@nestjs/config';
import { ConfigurationError } from './configuration.error.js';
import { type Environment, parseEnvironment } from './environment.schema.js';

/** What the server proves itself with, as PEM. */
export interface ServerCredentials {
  readonly cert: string;
  readonly key: string;
}

/** TLS of the server's own, and the certificates of its clients (RFC 8705). */
export interface TlsConfig {
  /** Null: something in front of the server speaks TLS. */
  readonly credentials: ServerCredentials | null;
  /** Where clients are asked for their certificate, beside the port that browsers use. */
  readonly mutualPort: number | null;
  /** The certification authorities of clients, as PEM. Null: no chain is ever trusted. */
  readonly clientAuthorities: string | null;
  /** Where clients that have a certificate find the endpoints (section 5). */
  readonly mutualIssuerUrl: string | null;
  /** The header of a trusted proxy with the certificate, in lower case. */
  readonly certificateHeader: string | null;
  /** The one that says whether the proxy trusts its chain. */
  readonly verifiedHeader: string | null;
}

export const tlsConfig = registerAs('tls', () => readTls(process.env));

/** Whether a certificate of a client can arrive at all. */
export function acceptsClientCertificates(config: TlsConfig): boolean {
  return config.mutualPort !== null || config.certificateHeader !== null;
}

/**
 * Reads the files that the variables name.
 * @throws ConfigurationError listing every problem; never what is in a file
 */
export function readTls(source: NodeJS.ProcessEnv): TlsConfig {
  const environment = parseEnvironment(source);
  const problems: string[] = [];
  const cert = readPem('AUTH_TLS_CERT_FILE', environment, problems);
  const key = readPem('AUTH_TLS_KEY_FILE', environment, problems);
  const clientAuthorities = readPem('AUTH_TLS_CLIENT_CA_FILE', environment, problems);
  const credentials = cert === null || key === null ? null : { cert, key };
  if (credentials !== null) problems.push(...findCredentialsProblems(credentials));
  if (clientAuthorities !== null && !isCertificates(clientAuthorities)) {
    problems.push('AUTH_TLS_CLIENT_CA_FILE holds something else than certificates in PEM');
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return {
    credentials,
    mutualPort: environment.AUTH_MTLS_PORT ?? null,
    clientAuthorities,
    mutualIssuerUrl: environment.AUTH_MTLS_ISSUER_URL ?? null,
    certificateHeader: environment.AUTH_CLIENT_CERTIFICATE_HEADER ?? null,
    verifiedHeader: environment.AUTH_CLIENT_CERTIFICATE_VERIFIED_HEADER ?? null,
  };
}

function readPem(
  name: 'AUTH_TLS_CERT_FILE' | 'AUTH_TLS_KEY_FILE' | 'AUTH_TLS_CLIENT_CA_FILE',
  environment: Environment,
  problems: string[],
): string | null {
  const path = environment[name];
  if (path === undefined) return null;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    problems.push(`${name} cannot be read: ${(error as NodeJS.ErrnoException).message}`);
    return null;
  }
}

function findCredentialsProblems({ cert, key }: ServerCredentials): string[] {
  if (!isCertificates(cert)) return ['AUTH_TLS_CERT_FILE is not a certificate in PEM'];
  try {
    const isPair = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
    return isPair ? [] : ['AUTH_TLS_KEY_FILE is not the key of AUTH_TLS_CERT_FILE'];
  } catch {
    return ['AUTH_TLS_KEY_FILE is not a private key in PEM without passphrase'];
  }
}

function isCertificates(pem: string): boolean {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.length > 0 && blocks.every((block) => new X509Certificate(block).raw.length > 0);
  } catch {
    return false;
  }
}
