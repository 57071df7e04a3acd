/** The difference between what something is and what it is to be, member by member. */

/** Both sides of a member; a side is absent where the member is. */
export interface MemberChange {
  readonly before?: unknown;
  readonly after?: unknown;
}

export type MemberDifference = Readonly<Record<string, MemberChange>>;

/** The members that differ, in the order of their names. The order of a list's items counts, a record's does not. */
export function memberDifference(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): MemberDifference {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const changed = names.filter((name) => canonical(before[name]) !== canonical(after[name]));
  return Object.fromEntries(
    changed.map((name) => [
      name,
      {
        ...(before[name] !== undefined && { before: before[name] }),
        ...(after[name] !== undefined && { after: after[name] }),
      },
    ]),
  );
}

/** PostgreSQL keeps the members of a record in an order of its own. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(
      Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  });
}
