/** Lists by pages: where a page begins, how long it is, and where the next one does. */
import { InvalidRequestError } from '@keyward/oauth';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;
const MAX_CURSOR_LENGTH = 1024;

/** What an answer holds. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** For `after` of the next request; absent on the last page. */
  readonly next?: string;
}

/**
 * Where a page begins.
 * @throws InvalidRequestError for what is no cursor of ours, or a limit out of bounds
 */
export function cursorOf(query: Readonly<Record<string, unknown>>): {
  readonly after: string | null;
  readonly limit: number;
} {
  const limit = query['limit'] === undefined ? DEFAULT_LIMIT : Number(query['limit']);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new InvalidRequestError(`limit must be a number from 1 to ${MAX_LIMIT}`);
  }
  const cursor = query['after'];
  if (cursor === undefined) return { after: null, limit };
  if (typeof cursor !== 'string' || cursor.length > MAX_CURSOR_LENGTH) throw noCursor();
  const after = Buffer.from(cursor, 'base64url').toString();
  if (after === '' || Buffer.from(after).toString('base64url') !== cursor) throw noCursor();
  return { after, limit };
}

/** @param found one more than the page holds tells that there is a next one */
export function pageOf<Found, Item>(
  found: readonly Found[],
  limit: number,
  keyOf: (one: Found) => string,
  toItem: (one: Found) => Item,
): Page<Item> {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const items = page.map(toItem);
  if (found.length <= limit || last === undefined) return { items };
  return { items, next: Buffer.from(keyOf(last)).toString('base64url') };
}

function noCursor(): InvalidRequestError {
  return new InvalidRequestError('after must be the next of an earlier answer');
}
