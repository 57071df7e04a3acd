/** Optimistic concurrency: what somebody read carries a tag, and a change may be held to it. */
import { createHash } from 'node:crypto';
import { InvalidRequestError, OAuthError } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';

// entity-tag of RFC 9110 section 8.8.3; a list of them may hold empty elements (section 5.6.1).
const TAG = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
const LIST = new RegExp(String.raw`^[ \t,]*${TAG}(?:[ \t]*,[ \t]*(?:${TAG})?)*[ \t]*$`);

/** What was to be changed has become different since it was read. */
export class PreconditionFailedError extends OAuthError {
  readonly code = 'invalid_request';
  override readonly status = 412;
}

/**
 * A strong tag of what is answered.
 * @see RFC 9110 section 8.8.3
 */
export function entityTagOf(answer: object): string {
  return `"${createHash('sha256').update(JSON.stringify(answer)).digest('base64url')}"`;
}

/**
 * Holds a request to its `If-Match`: to be asked with what is there now, where nobody can change it in
 * between, and behind every other check, since it only counts for what would have succeeded. It throws
 * PreconditionFailedError where the tag of that is not named; without the header everything goes.
 *
 * @throws InvalidRequestError for a header that is malformed
 * @see RFC 9110 sections 13.1.1 and 13.2.1
 */
export function preconditionOf<State>(
  { headers: { 'if-match': header } }: Pick<FastifyRequest, 'headers'>,
  toAnswer: (current: State) => object,
): (current: State) => void {
  // `*` is for whatever is there, and where nothing is, the answer is 404.
  if (header === undefined || header.trim() === '*') return () => undefined;
  if (!LIST.test(header)) throw new InvalidRequestError('If-Match must be * or entity tags');
  // Compared strongly: a weak tag names nothing.
  const tags = (header.match(new RegExp(TAG, 'g')) ?? []).filter((tag) => !tag.startsWith('W/'));
  return (current) => {
    if (tags.includes(entityTagOf(toAnswer(current)))) return;
    throw new PreconditionFailedError('it has been changed meanwhile: read it again');
  };
}
