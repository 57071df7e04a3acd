/** Makes JWTs by the server's own keys. */
import { type SigningKey } from '../keys/signing-key.js';

/**
 * The compact serialization of a JWT.
 * @param claims in the order in which they are to stand; what is undefined is left out
 * @throws TemporarilyUnavailableError where the key's signer does not answer
 * @see RFC 7515 section 7.1
 */
export async function signJwt(key: SigningKey, typ: string, claims: object): Promise<string> {
  const { algorithm: alg, kid } = key;
  const signed = `${encode({ alg, typ, kid })}.${encode(claims)}`;
  const signature = await key.sign(Buffer.from(signed));
  return `${signed}.${signature.toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
