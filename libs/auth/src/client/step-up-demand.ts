/** Finds out whether another service wants its caller's person to sign in again (RFC 9470). */
import { type AuthenticationRequirement } from '../bearer/bearer.errors.js';
import { readChallenges } from './challenges.js';

// What may stand in a challenge of ours again: between spaces and quotes (OpenID Connect Core section 3.1.2.1).
const VALUES = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/**
 * What the answer asks for: 401 with a challenge that says `insufficient_user_authentication`. A new
 * token of the same sign-in would be answered the same.
 *
 * @returns undefined for any other answer
 * @see RFC 9470 section 3
 */
export function stepUpDemandOf({
  status,
  headers,
}: Pick<Response, 'status' | 'headers'>): AuthenticationRequirement | undefined {
  if (status !== 401) return undefined;
  const challenge = readChallenges(headers.get('www-authenticate')).find(
    ({ scheme, parameters }) =>
      (scheme === 'bearer' || scheme === 'dpop') &&
      parameters.get('error') === 'insufficient_user_authentication',
  );
  if (challenge === undefined) return undefined;
  const valuesOf = (name: string): string | undefined => {
    const value = challenge.parameters.get(name);
    return value !== undefined && VALUES.test(value) ? value : undefined;
  };
  const maxAge = /^\d{1,9}$/.exec(challenge.parameters.get('max_age') ?? '')?.[0];
  return {
    acrValues: valuesOf('acr_values')?.split(' ') ?? [],
    maxAgeSeconds: maxAge === undefined ? undefined : Number(maxAge),
    scope: valuesOf('scope'),
  };
}
