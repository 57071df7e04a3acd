/** Every URI that a registration holds, known or not: none that does something, none that leads inwards. */
import { findRedirectUriProblem, findServerUriProblem } from '../client/client-uri.rules.js';
import { type ApplicationType } from '../client/client.js';
import {
  literalAddressOf,
  type OutboundPolicy,
  OutboundRefusedError,
} from '../outbound/outbound.policy.js';

const REDIRECT_MEMBERS = new Set(['redirect_uris', 'post_logout_redirect_uris']);

/** What this server calls by itself. */
const ASKED_MEMBERS = new Set(['jwks_uri', 'backchannel_logout_uri']);

/**
 * Members that are not known are looked at too: what is ignored today could be shown tomorrow.
 * @returns a sentence for each, which begins with the member
 */
export function findUriProblems(
  metadata: Readonly<Record<string, unknown>>,
  production: boolean,
  policy: OutboundPolicy,
): string[] {
  return Object.entries(metadata).flatMap(([member, value]) => {
    if (!/_uris?(#|$)/.test(member) || REDIRECT_MEMBERS.has(member)) return [];
    return [value].flat().flatMap((uri) => {
      const problem =
        typeof uri !== 'string'
          ? 'must be a URI'
          : (findServerUriProblem(uri, production) ??
            (ASKED_MEMBERS.has(member) ? findAddressProblem(uri, policy) : null));
      return problem === null ? [] : [`${member}: ${problem}`];
    });
  });
}

/** The same for where people are sent. */
export function findRedirectUriProblems(
  member: string,
  uris: readonly string[],
  applicationType: ApplicationType,
  production: boolean,
): string[] {
  const problems = uris.flatMap((uri) => {
    const problem =
      findRedirectUriProblem(uri, { applicationType, production }) ??
      (new URL(uri).hostname.includes('*') ? 'must name one host' : null);
    return problem === null ? [] : [`${member}: ${problem}`];
  });
  if (new Set(uris).size < uris.length) problems.push(`${member}: must not name a URI twice`);
  return problems;
}

/** By its form alone: what a name means is asked when it is used. */
function findAddressProblem(uri: string, policy: OutboundPolicy): string | null {
  try {
    const url = policy.admit(uri);
    const address = literalAddressOf(url);
    if (address !== null) policy.checkAddresses(url, [address]);
    return null;
  } catch (error) {
    if (error instanceof OutboundRefusedError) return 'leads to a place that is not asked';
    throw error;
  }
}
