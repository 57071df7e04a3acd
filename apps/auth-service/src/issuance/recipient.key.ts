/** The public key that tokens are encrypted to: which key of a JWK Set it is, and what it must be. */
import { createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type JsonWebKey } from 'node:crypto';
import { type KeyManagementAlgorithm } from '@keyward/oauth';

/** A key whose private half the recipient has. */
export interface RecipientKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/** No key of a JWK Set may be used; the message says why, and names nothing but the key's id. */
export class UnusableRecipientKeyError extends Error {
  override readonly name = 'UnusableRecipientKeyError';
}

/** What a key of each algorithm is: Keyward encrypts to no other curve (RFC 7518 section 4.6). */
const SHAPES: Readonly<
  Record<KeyManagementAlgorithm, readonly { kty: string; crv?: string; members: string[] }[]>
> = {
  'ECDH-ES': [
    { kty: 'EC', crv: 'P-256', members: ['x', 'y'] },
    { kty: 'OKP', crv: 'X25519', members: ['x'] },
  ],
  'RSA-OAEP-256': [{ kty: 'RSA', members: ['n', 'e'] }],
};

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const MINIMUM_RSA_BITS = 2048;
const MAXIMUM_RSA_BITS = 8192;
const MAXIMUM_KID_LENGTH = 256;

/**
 * The first key that is for encryption by `alg`: who rotates puts the new one before the old one. It
 * must say `use: enc`, so that no key for signatures is ever encrypted to, and have a `kid`, by which
 * its owner finds the private half.
 *
 * @throws UnusableRecipientKeyError where there is none, or where it breaks a rule
 * @see RFC 7517 sections 4.2 and 4.5, RFC 7518 section 6
 */
export function selectRecipientKey(
  keys: readonly unknown[],
  alg: KeyManagementAlgorithm,
): RecipientKey {
  for (const jwk of keys as readonly (Readonly<Record<string, unknown>> | null)[]) {
    const shape = SHAPES[alg].find(({ kty, crv }) => jwk?.['kty'] === kty && jwk['crv'] === crv);
    if (jwk === null || shape === undefined || jwk['use'] !== 'enc') continue;
    if (jwk['alg'] !== undefined && jwk['alg'] !== alg) continue;
    return importRecipientKey(jwk, shape.members);
  }
  throw new UnusableRecipientKeyError(`no key with use enc is for ${alg}`);
}

function importRecipientKey(
  jwk: Readonly<Record<string, unknown>>,
  members: readonly string[],
): RecipientKey {
  const { kid } = jwk;
  if (typeof kid !== 'string' || kid === '' || kid.length > MAXIMUM_KID_LENGTH) {
    throw new UnusableRecipientKeyError('a key for encryption needs a kid of 1 to 256 characters');
  }
  const fail = (why: string) => new UnusableRecipientKeyError(`the key ${kid} ${why}`);
  if (PRIVATE_MEMBERS.some((member) => jwk[member] !== undefined)) throw fail('is private');
  // Nothing else of the JWK may change what is made of it.
  const material = Object.fromEntries(['kty', 'crv', ...members].map((name) => [name, jwk[name]]));
  let key: KeyObject;
  try {
    key = createPublicKey({ key: material as JsonWebKey, format: 'jwk' });
    if (key.asymmetricKeyType !== 'rsa') tryAgreement(key);
  } catch {
    throw fail('is not a public key');
  }
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && (bits < MINIMUM_RSA_BITS || bits > MAXIMUM_RSA_BITS)) {
    throw fail(`is RSA of ${bits} bits instead of ${MINIMUM_RSA_BITS} to ${MAXIMUM_RSA_BITS}`);
  }
  return { kid, key };
}

/** A point of small order imports, and agrees with every key on zero (RFC 7748 section 6.1). */
function tryAgreement(publicKey: KeyObject): void {
  const { privateKey } =
    publicKey.asymmetricKeyType === 'x25519'
      ? generateKeyPairSync('x25519')
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  diffieHellman({ privateKey, publicKey });
}
