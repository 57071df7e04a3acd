/** Makes JWTs by the server's own keys. */
import { type SigningKey } from '../keys/signing-key.js';

/**
 * The compact serialization of a JWT.
 * @param claims in the order in which they are to stand; what is undefined is left out
 * @throws TemporarilyUnavailableError where the key's signer does not answer
 * @see RFC 7515 section 7.1
 */
export async function signJwt(key: SigningKey, typ: string, claims: object): Promise<string> {
  const signed = `${headerOf(key, typ)}.${encode(claims)}`;
  const signature = await key.sign(Buffer.from(signed));
  return `${signed}.${signature.toString('base64url')}`;
}

// A key has one header for each type of token that it signs.
const headers = new WeakMap<SigningKey, Map<string, string>>();

function headerOf(key: SigningKey, typ: string): string {
  const ofKey = headers.get(key) ?? new Map<string, string>();
  const known = ofKey.get(typ);
  if (known !== undefined) return known;
  const { algorithm: alg, kid } = key;
  const header = encode({ alg, typ, kid });
  headers.set(key, ofKey.set(typ, header));
  return header;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
