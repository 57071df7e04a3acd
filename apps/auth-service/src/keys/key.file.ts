/** Reads a private key from a file: PEM (PKCS#8, PKCS#1, SEC1; encrypted or not) or a JWK. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { exportJWK, type JWK } from 'jose';
import { isSigningAlgorithm, type SigningAlgorithm } from '../config/environment.schema.js';

/** A private key and what its file says about it. */
export interface KeyFile {
  readonly privateKey: KeyObject;
  readonly publicJwk: JWK;
  /** Only where the file names one, or its kind leaves no choice. */
  readonly algorithm: SigningAlgorithm | null;
  /** Whether the file names it: then the key is for nothing else (RFC 7517 section 4.4). */
  readonly isNamed: boolean;
}

/** A key that cannot be imported, and why. Never quotes the key. */
export class KeyImportError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = new.target.name;
  }
}

/** What each curve signs with; an RSA key could do more than one thing. */
const ALGORITHM_OF_CURVE: Readonly<Record<string, SigningAlgorithm>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  Ed25519: 'EdDSA',
};

/**
 * @param passphrase of an encrypted PEM
 * @throws KeyImportError for anything but one private key, and for a secret shared with others
 */
export async function readKeyFile(text: string, passphrase?: string): Promise<KeyFile> {
  const isJson = text.trimStart().startsWith('{');
  const { privateKey, alg } = isJson ? readJwk(text) : { ...readPem(text, passphrase), alg: null };
  const publicJwk = await exportPublic(privateKey);
  const curve = publicJwk.crv === undefined ? null : (ALGORITHM_OF_CURVE[publicJwk.crv] ?? null);
  return { privateKey, publicJwk, algorithm: alg ?? curve, isNamed: alg !== null };
}

function readPem(text: string, passphrase: string | undefined): { privateKey: KeyObject } {
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1];
  if (label === undefined) throw new KeyImportError('the file is neither PEM nor a JWK');
  if (!label.endsWith('PRIVATE KEY')) {
    throw new KeyImportError(`the file holds a ${label}: the private key is needed`);
  }
  if (label === 'OPENSSH PRIVATE KEY') {
    throw new KeyImportError('the file is of OpenSSH: ssh-keygen -p -m PKCS8 converts it');
  }
  const isEncrypted = label.startsWith('ENCRYPTED') || text.includes('Proc-Type: 4,ENCRYPTED');
  if (isEncrypted && passphrase === undefined) {
    throw new KeyImportError('the key is encrypted: its passphrase is needed');
  }
  try {
    return { privateKey: createPrivateKey({ key: text, format: 'pem', passphrase }) };
  } catch (error) {
    const why = isEncrypted ? 'or the passphrase is wrong' : 'or of a kind that nothing here knows';
    throw new KeyImportError(`the PEM cannot be read: it is damaged, ${why}`, { cause: error });
  }
}

function readJwk(text: string): { privateKey: KeyObject; alg: SigningAlgorithm | null } {
  const jwk = parseObject(text);
  if (Array.isArray(jwk['keys'])) throw new KeyImportError('the file is a JWK Set: give one key');
  if (jwk['kty'] === 'oct') {
    throw new KeyImportError('the key is symmetric: whoever verified by it could sign as well');
  }
  if (typeof jwk['d'] !== 'string') {
    throw new KeyImportError('the JWK is a public key: the private key is needed');
  }
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig') {
    throw new KeyImportError(
      `the JWK is for the use ${JSON.stringify(jwk['use'])}, not for signing`,
    );
  }
  const alg = jwk['alg'];
  if (alg !== undefined && (typeof alg !== 'string' || !isSigningAlgorithm(alg))) {
    throw new KeyImportError(
      `the JWK is for ${JSON.stringify(alg)}, which nothing is signed by here`,
    );
  }
  try {
    return { privateKey: createPrivateKey({ key: jwk, format: 'jwk' }), alg: alg ?? null };
  } catch (error) {
    throw new KeyImportError('the JWK is damaged, or of a kind that nothing here knows', {
      cause: error,
    });
  }
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // The parser's own message may quote the key.
    throw new KeyImportError('the file is no JSON');
  }
}

async function exportPublic(privateKey: KeyObject): Promise<JWK> {
  try {
    const { kty, crv, x, y, n, e } = await exportJWK(privateKey);
    const members = Object.entries({ kty, crv, x, y, n, e });
    return Object.fromEntries(members.filter(([, value]) => value !== undefined)) as JWK;
  } catch (error) {
    throw new KeyImportError('the key is of a kind that no token is signed by', { cause: error });
  }
}
