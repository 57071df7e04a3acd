/** Where a row stands in a list by time: its instant to the microsecond, and its id. */
import { InvalidRequestError } from '@keyward/oauth';

const POSITION = /^(\d{1,16}) ([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/;

/** The expression of a position, for a column of instants and one of UUIDs. */
export function positionOf(time: string, id: string): string {
  return `(extract(epoch FROM ${time}) * 1000000)::bigint || ' ' || ${id} AS position`;
}

/**
 * Both parts of a position.
 * @throws InvalidRequestError for what is none
 */
export function partsOf(position: string): { readonly microseconds: string; readonly id: string } {
  const [, microseconds, id] = POSITION.exec(position) ?? [];
  if (microseconds === undefined || id === undefined) {
    throw new InvalidRequestError('after must be the next of an earlier answer');
  }
  return { microseconds, id };
}

/**
 * The condition of a row that stands behind a position where the latest stand first.
 * @param places of the two parts among the statement's values
 */
export function behind(
  [time, id]: readonly [string, string],
  places: readonly [microseconds: string, id: string],
): string {
  const instant = `timestamptz 'epoch' + ${places[0]}::bigint * interval '1 microsecond'`;
  return `(${time}, ${id}) < (${instant}, ${places[1]}::uuid)`;
}
