/** What a provider is asked for beyond who the person is, because our own client asked for it. */
import { MFA_ACR, reaches } from '../authentication/acr.js';
import { type OpenInteraction } from '../interaction/open.interaction.js';
import { type Upstream } from './upstream.js';
import { type UpstreamParameters } from './upstream.client.js';

/** Parameters, and what the answer is held to. */
export interface UpstreamDemands {
  readonly parameters: UpstreamParameters;
  /** The person must not have proven who they are before, by the provider's `auth_time`. */
  readonly authenticatedSinceMs: number | null;
}

/**
 * Whoever sits at a browser that was left open could take the parameters out of the URL: so the answer
 * has to show that they were heeded.
 *
 * @see OpenID Connect Core 1.0 section 3.1.2.1
 */
export function demandsOf(
  { interaction: { request }, client }: OpenInteraction,
  { mfaAcrs }: Pick<Upstream, 'mfaAcrs'>,
  nowMs: number,
): UpstreamDemands {
  const { prompt, maxAgeSeconds, acrValues } = request;
  const prompts = (['login', 'select_account'] as const).filter((value) => prompt.includes(value));
  const maxAge = prompt.includes('login') ? 0 : maxAgeSeconds;
  const wantsMfa = [client.requiredAcr, ...acrValues].some(
    (acr) => acr !== null && reaches(acr, MFA_ACR),
  );
  return {
    parameters: {
      ...(prompts.length > 0 && { prompt: prompts.join(' ') }),
      ...(maxAge !== null && { max_age: String(maxAge) }),
      ...(wantsMfa && mfaAcrs.length > 0 && { acr_values: mfaAcrs.join(' ') }),
    },
    authenticatedSinceMs: maxAge === null ? null : nowMs - maxAge * 1000,
  };
}
