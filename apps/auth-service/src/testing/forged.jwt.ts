/** JWTs by a key of the server with a header and claims that the server would never give them. */
import { type SigningKey } from '../keys/signing-key.js';

/** @param payload claims, or the bytes of what is no JSON that could be written so */
export async function forgeJwt(
  key: Pick<SigningKey, 'sign'>,
  header: object,
  payload: object | Buffer,
): Promise<string> {
  const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload));
  const encoded = Buffer.from(JSON.stringify(header)).toString('base64url');
  const signed = `${encoded}.${bytes.toString('base64url')}`;
  return `${signed}.${(await key.sign(Buffer.from(signed))).toString('base64url')}`;
}
