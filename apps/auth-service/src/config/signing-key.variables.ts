/** The environment variables that say how signing keys rotate, and what must hold between them. */
import { milliseconds, seconds } from './duration.variable.js';

const YEAR_SECONDS = 31_536_000;
const DAY_SECONDS = 86_400;

/** Longest `max-age` of the JWK Set: what the lifetime of a key's revocation counts on. */
const MAX_JWKS_MAX_AGE_SECONDS = DAY_SECONDS;

export const SIGNING_KEY_VARIABLES = {
  AUTH_SIGNING_KEY_ROTATION_SECONDS: seconds(30 * DAY_SECONDS, 2 * YEAR_SECONDS),
  AUTH_SIGNING_KEY_LEAD_SECONDS: seconds(DAY_SECONDS, YEAR_SECONDS),
  AUTH_SIGNING_KEY_POLL_MS: milliseconds(30_000, 100, 60_000),
  AUTH_JWKS_MAX_AGE_SECONDS: seconds(300, MAX_JWKS_MAX_AGE_SECONDS),
  AUTH_JWKS_RETRY_MS: milliseconds(60_000, 100, 86_400_000),
};

/** The values of {@link SIGNING_KEY_VARIABLES}. */
export type SigningKeyVariables = Readonly<Record<keyof typeof SIGNING_KEY_VARIABLES, number>>;

/**
 * What makes a key sign before every replica publishes it and every resource server has fetched it:
 * a cached set ages, the next fetch fails once, and the replica that answers it polls late.
 */
export function findSigningKeyProblems(variables: SigningKeyVariables): string[] {
  const problems: string[] = [];
  const leadSeconds = variables.AUTH_SIGNING_KEY_LEAD_SECONDS;
  const waitMs = variables.AUTH_SIGNING_KEY_POLL_MS + variables.AUTH_JWKS_RETRY_MS;
  const needed = variables.AUTH_JWKS_MAX_AGE_SECONDS + waitMs / 1000;
  if (leadSeconds < needed) {
    problems.push(
      `AUTH_SIGNING_KEY_LEAD_SECONDS must be at least ${Math.ceil(needed)} seconds: ` +
        'AUTH_JWKS_MAX_AGE_SECONDS + AUTH_SIGNING_KEY_POLL_MS + AUTH_JWKS_RETRY_MS',
    );
  }
  if (variables.AUTH_SIGNING_KEY_ROTATION_SECONDS < leadSeconds) {
    problems.push(
      'AUTH_SIGNING_KEY_ROTATION_SECONDS must not be shorter than AUTH_SIGNING_KEY_LEAD_SECONDS',
    );
  }
  return problems;
}
