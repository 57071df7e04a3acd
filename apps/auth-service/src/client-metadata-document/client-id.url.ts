/** Which client ids are URLs of documents, by their form alone. */
import { type OutboundPolicy, OutboundRefusedError } from '../outbound/outbound.policy.js';

// What one decoder takes for a path separator or a dot segment and another does not.
const AMBIGUOUS = /%(?:2[EeFf]|5[Cc]|[01][0-9A-Fa-f]|7[Ff])/;

// As long as an id may be; every other one is refused by its form anyway.
const URL_LIKE = /^https?:\/\/[\x21-\x7e]{1,247}$/;

/** Whether an id is meant to be a URL. Ids that this server chooses never are. */
export function isClientIdUrl(clientId: string): boolean {
  return URL_LIKE.test(clientId);
}

/**
 * What is wrong with a URL as a client's id, or null. There is one spelling of each: two that lead to
 * the same document would be two clients. A query, which should not be there, is not taken.
 *
 * @see draft-ietf-oauth-client-id-metadata-document-01 section 3
 */
export function findClientIdUrlProblem(clientId: string, policy: OutboundPolicy): string | null {
  if (!URL.canParse(clientId)) return 'is not an absolute URL';
  if (/[?#]/.test(clientId)) return 'has a query or a fragment';
  if (new URL(clientId).pathname === '/') return 'has no path';
  // Upper-case hosts, default ports, dot segments, user information without a name.
  if (new URL(clientId).href !== clientId || AMBIGUOUS.test(clientId)) {
    return 'is not written in its normal form';
  }
  try {
    policy.admit(clientId);
    return null;
  } catch (error) {
    if (error instanceof OutboundRefusedError) return error.message;
    throw error;
  }
}

/** Whether the operator lets a URL's host have clients; `*` lets every host. */
export function isAllowedClientHost(clientId: string, hosts: readonly string[]): boolean {
  return hosts.includes('*') || hosts.includes(new URL(clientId).host);
}
