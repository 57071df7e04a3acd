/** The environment variables that say how signing keys rotate, and what must hold between them. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { milliseconds, seconds } from './duration.variable.js';

/** Every {@link SignerName}. */
export const SIGNER_NAMES = ['row', 'socket'] as const;

/** Who holds a key's private half: its row, encrypted, or a process behind a local socket. */
export type SignerName = (typeof SIGNER_NAMES)[number];

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
  AUTH_JWKS_MIN_FRESH_SECONDS: seconds(30, DAY_SECONDS),
  AUTH_SIGNER: z.enum(SIGNER_NAMES, `must be one of ${SIGNER_NAMES.join(', ')}`).default('row'),
  AUTH_SIGNER_SOCKET: z.string().refine(isAbsolute, 'must be an absolute path').optional(),
  AUTH_SIGNER_TIMEOUT_MS: milliseconds(2000, 50, 30_000),
};

/** The values of {@link SIGNING_KEY_VARIABLES}. */
export type SigningKeyVariables = z.infer<z.ZodObject<typeof SIGNING_KEY_VARIABLES>>;

/**
 * What makes a key sign before every replica publishes it and every resource server has fetched it:
 * a cached set ages, the next fetch fails once, and the replica that answers it polls late. A set ages
 * for as long as resource servers keep it at least, where its max-age is shorter than that.
 */
export function findSigningKeyProblems(variables: SigningKeyVariables): string[] {
  const problems: string[] = [];
  const leadSeconds = variables.AUTH_SIGNING_KEY_LEAD_SECONDS;
  const waitMs = variables.AUTH_SIGNING_KEY_POLL_MS + variables.AUTH_JWKS_RETRY_MS;
  const freshSeconds = Math.max(
    variables.AUTH_JWKS_MAX_AGE_SECONDS,
    variables.AUTH_JWKS_MIN_FRESH_SECONDS,
  );
  const needed = freshSeconds + waitMs / 1000;
  if (leadSeconds < needed) {
    problems.push(
      `AUTH_SIGNING_KEY_LEAD_SECONDS must be at least ${Math.ceil(needed)} seconds: ` +
        'the greater of AUTH_JWKS_MAX_AGE_SECONDS and AUTH_JWKS_MIN_FRESH_SECONDS ' +
        '+ AUTH_SIGNING_KEY_POLL_MS + AUTH_JWKS_RETRY_MS',
    );
  }
  if (variables.AUTH_SIGNING_KEY_ROTATION_SECONDS < leadSeconds) {
    problems.push(
      'AUTH_SIGNING_KEY_ROTATION_SECONDS must not be shorter than AUTH_SIGNING_KEY_LEAD_SECONDS',
    );
  }
  if (variables.AUTH_SIGNER === 'socket' && variables.AUTH_SIGNER_SOCKET === undefined) {
    problems.push('AUTH_SIGNER_SOCKET must be set where AUTH_SIGNER is socket');
  }
  return problems;
}
