/** When two authorization details are the same, and when one list is part of another. */
import { type AuthorizationDetail } from '@keyward/oauth';

/** The one text of a detail, whatever the order of its members: two are the same where theirs are. */
export function formatDetail(detail: AuthorizationDetail): string {
  return JSON.stringify(sorted(detail));
}

/** The one text of a list, whatever its order; null for an empty one. */
export function formatDetails(details: readonly AuthorizationDetail[]): string | null {
  return details.length === 0 ? null : `[${details.map(formatDetail).sort().join()}]`;
}

/**
 * Whether each of `some` is an element of `all`, to the letter. What would be less than an element
 * only its type could say, so it is never guessed.
 * @see RFC 9396 section 6.1
 */
export function areAmong(
  some: readonly AuthorizationDetail[],
  all: readonly AuthorizationDetail[],
): boolean {
  const known = new Set(all.map(formatDetail));
  return some.every((detail) => known.has(formatDetail(detail)));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}
