/** Reads a signed introspection response, as strictly as an access token is read (RFC 9701). */
import { INTROSPECTION_TYP } from '@keyward/oauth';
import { type KeySource } from '../jwks/key-source.js';
import { parseCompactJws } from '../jws/compact-jws.js';
import { type JsonObject } from '../jws/strict-json.js';

/** Media type of a signed response (RFC 9701 section 5). */
export const SIGNED_MEDIA_TYPE = `application/${INTROSPECTION_TYP}`;

/** An answer is read right after it was made; one that is older was kept by somebody. */
const MAXIMUM_AGE_SECONDS = 60;

/** Whose answers are accepted, and by which keys. */
export interface SignedAnswerRules {
  readonly issuer: string;
  /** This resource server as the issuer's client: what `aud` must name. */
  readonly clientId: string;
  readonly algorithms: readonly string[];
  readonly keys: KeySource;
  readonly toleranceSeconds: number;
}

/**
 * The members of the response that `jwt` holds.
 *
 * @throws Error for anything that is not this issuer's word to this client, said just now
 * @see RFC 9701 sections 5 and 8.1
 */
export async function readSignedAnswer(
  jwt: string,
  { issuer, clientId, algorithms, keys, toleranceSeconds }: SignedAnswerRules,
  clock: () => number,
): Promise<JsonObject> {
  const { header, payload, signingInput, signature } = parseCompactJws(jwt);
  const { alg, typ, kid } = header;
  const mediaType = typeof typ === 'string' ? typ.toLowerCase() : '';
  if (mediaType !== INTROSPECTION_TYP && mediaType !== SIGNED_MEDIA_TYPE) throw bad('typ');
  if (typeof alg !== 'string' || !algorithms.includes(alg)) throw bad('alg');
  if (kid !== undefined && typeof kid !== 'string') throw bad('kid');
  const key = keys.current(kid, clock()) ?? (await keys.resolve(kid));
  if (key === undefined) throw bad('kid');
  if (!(await key.verifyOffThread(alg, signingInput, signature))) throw bad('signature');
  // The key may have been revoked meanwhile.
  if (keys.current(kid, clock()) !== key) throw bad('key');
  const { iss, aud, iat, exp, token_introspection: response } = payload;
  if (iss !== issuer) throw bad('iss');
  if (![aud].flat().includes(clientId)) throw bad('aud');
  const now = clock() / 1000;
  if (typeof iat !== 'number' || iat > now + toleranceSeconds) throw bad('iat');
  if (iat < now - MAXIMUM_AGE_SECONDS - toleranceSeconds) throw bad('iat');
  if (exp !== undefined && !(typeof exp === 'number' && exp > now - toleranceSeconds)) {
    throw bad('exp');
  }
  if (typeof response !== 'object' || response === null || Array.isArray(response)) {
    throw bad('token_introspection');
  }
  return response as JsonObject;
}

function bad(what: string): Error {
  return new Error(`the signed answer is not acceptable by its ${what}`);
}
