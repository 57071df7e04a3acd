/** Access tokens for tests, and a verifier that trusts their issuer. */
import {
  AccessTokenVerifier,
  type VerifierOptions,
} from '../access-token/access-token.verifier.js';
import { KeysUnavailableError, RefusedTokenError } from '../access-token/refusal.js';
import { type JwksObserver } from '../jwks/jwks.provider.js';
import { type TrustOptions } from '../trust/trust.options.js';
import { createTrusts } from '../trust/trusts.js';
import { type SigningKey } from '../testing/signing-key.js';
import { signToken, signWith } from '../testing/token-forge.js';

export const ISSUER = 'https://as.example';
export const AUDIENCE = 'https://orders.example';

/** The instant at which tests take place unless they say otherwise, in seconds. */
export const NOW = 1_800_000_000;

/** Claims of a good RFC 9068 access token, five minutes long. */
export const CLAIMS = {
  iss: ISSUER,
  sub: 'alice',
  aud: AUDIENCE,
  exp: NOW + 300,
  iat: NOW,
  jti: 'token-1',
  client_id: 'shop',
  scope: 'orders:read',
};

/** An observer that keeps nothing. */
export const SILENT: JwksObserver = {
  keysFetched: () => undefined,
  keysFetchFailed: () => undefined,
};

/** What is different from a good token; texts and bytes are taken as they are, objects as JSON. */
export interface TokenParts {
  readonly header?: object | string | Buffer;
  readonly payload?: object | string | Buffer;
}

/** A compact JWS of these parts with a signature of `key` that is right for exactly these bytes. */
export function forgeToken(key: SigningKey, parts: TokenParts = {}): string {
  const header = parts.header ?? { alg: key.alg, kid: key.kid, typ: 'at+jwt' };
  return signToken(header, parts.payload ?? CLAIMS, signWith(key));
}

/** A trust in ISSUER with these keys, for all of their algorithms. */
export function trustIn(
  keys: readonly SigningKey[],
  rules: Partial<TrustOptions> = {},
): TrustOptions {
  return {
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: [...new Set(keys.map(({ alg }) => alg))],
    jwks: { keys: keys.map(({ publicJwk }) => publicJwk) },
    ...rules,
  } as TrustOptions;
}

/** A verifier of these trusts; without a clock it is always NOW. */
export function verifierOf(
  trusts: readonly TrustOptions[],
  clock: () => number = () => NOW * 1000,
  options: VerifierOptions = {},
): AccessTokenVerifier {
  return new AccessTokenVerifier(createTrusts(trusts, SILENT, clock), options, clock);
}

/** What becomes of a token: `accepted`, or the stage and the rule that it broke. */
export async function outcomeOf(verifier: AccessTokenVerifier, token: string): Promise<string> {
  try {
    await verifier.verify(token);
    return 'accepted';
  } catch (error) {
    // Anything but a refusal is a fault and fails the test.
    if (!(error instanceof RefusedTokenError || error instanceof KeysUnavailableError)) throw error;
    return `${error.stage}: ${error.reason}`;
  }
}
