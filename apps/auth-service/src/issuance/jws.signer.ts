/** Signs JWTs on the threads of libuv's pool, so that the event loop answers others meanwhile. */
import { constants, sign, type SignKeyObjectInput } from 'node:crypto';
import { promisify } from 'node:util';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { type SigningKey } from '../keys/signing-key.js';

const signOffThread = promisify(sign);

/** How node:crypto makes the signature of each algorithm (RFC 7518 section 3, RFC 8037 section 3.1). */
const MECHANISMS: Readonly<
  Record<
    SigningAlgorithm,
    { digest: 'sha256' | 'sha384' | null; options: Omit<SignKeyObjectInput, 'key'> }
  >
> = {
  ES256: { digest: 'sha256', options: { dsaEncoding: 'ieee-p1363' } },
  ES384: { digest: 'sha384', options: { dsaEncoding: 'ieee-p1363' } },
  RS256: { digest: 'sha256', options: { padding: constants.RSA_PKCS1_PADDING } },
  PS256: {
    digest: 'sha256',
    options: {
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    },
  },
  EdDSA: { digest: null, options: {} },
};

/**
 * The compact serialization of a JWT.
 * @param claims in the order in which they are to stand; what is undefined is left out
 * @see RFC 7515 section 7.1
 */
export async function signJwt(key: SigningKey, typ: string, claims: object): Promise<string> {
  const { algorithm: alg, kid } = key;
  const signed = `${encode({ alg, typ, kid })}.${encode(claims)}`;
  const { digest, options } = MECHANISMS[alg];
  const signature = await signOffThread(digest, Buffer.from(signed), {
    ...options,
    key: key.privateKey,
  });
  return `${signed}.${signature.toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
