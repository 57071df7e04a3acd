/** Attacks by the claims of a token that its issuer signed. */
import { type HostileToken } from './hostile-token.js';
import { type TokenClaims, type TokenSource } from './token-forge.js';

function claiming(what: string, claims: (issuer: TokenSource) => TokenClaims): HostileToken {
  return { what, forge: (issuer) => issuer.forge({ payload: issuer.claims(claims(issuer)) }) };
}

const HOUR = 3600;

/** @see RFC 9068 section 4, RFC 7519 section 4.1 */
export const HOSTILE_CLAIMS = {
  otherIssuer: claiming('of another issuer', () => ({ iss: 'https://evil.example' })),
  similarIssuer: claiming('of an issuer with a slash more', ({ url }) => ({ iss: `${url}/` })),
  withoutIssuer: claiming('without an issuer', () => ({ iss: undefined })),
  otherAudience: claiming('for another audience', () => ({ aud: 'https://other.example' })),
  similarAudience: claiming('for an audience that begins alike', ({ audience }) => ({
    aud: `${audience}.evil.example`,
  })),
  withoutAudience: claiming('without an audience', () => ({ aud: undefined })),
  emptyAudience: claiming('for a list of no audiences', () => ({ aud: [] })),
  expired: claiming('that expired an hour ago', ({ clock }) => ({
    iat: clock.seconds() - HOUR - 300,
    exp: clock.seconds() - HOUR,
  })),
  notYetValid: claiming('that is not valid for ten minutes yet', ({ clock }) => ({
    nbf: clock.seconds() + 600,
    exp: clock.seconds() + 900,
  })),
  withoutExpiry: claiming('that never expires', () => ({ exp: undefined })),
  expiryAsText: claiming('whose exp is text', ({ clock }) => ({
    exp: String(clock.seconds() + 300),
  })),
  expiryInMilliseconds: claiming('whose exp is in milliseconds', ({ clock }) => ({
    exp: (clock.seconds() + 300) * 1000,
  })),
  longLived: claiming('that is valid for ten years', ({ clock }) => ({
    exp: clock.seconds() + 10 * 365 * 24 * HOUR,
  })),
  issuedInTheFuture: claiming('that was issued in an hour', ({ clock }) => ({
    iat: clock.seconds() + HOUR,
    exp: clock.seconds() + HOUR + 300,
  })),
  withoutSubject: claiming('without a subject', () => ({ sub: undefined })),
  boundToKey: claiming('that is bound to a key, presented by somebody without it', () => ({
    cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' },
  })),
} satisfies Record<string, HostileToken>;
