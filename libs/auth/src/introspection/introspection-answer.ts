/** What an issuer said of a token (RFC 7662 section 2.2). */
import { type JsonObject } from '../jws/strict-json.js';

/** One answer, to one token of one trust. */
export interface IntrospectionAnswer {
  readonly active: boolean;
  /** Every member of the answer. */
  readonly claims: JsonObject;
  /** When the issuer was asked, in milliseconds since the epoch: what it said was true later. */
  readonly askedAtMs: number;
}

/** @throws Error for an answer that does not say whether the token is active */
export function readAnswer(claims: JsonObject, askedAtMs: number): IntrospectionAnswer {
  const active = claims['active'];
  if (typeof active !== 'boolean') throw new Error('the answer does not say whether it is active');
  return { active, claims, askedAtMs };
}
