/** A signing key while its rotation is planned. */
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { type StoredSigningKey } from './signing-key.js';
import { type SigningKeyUpdate } from './signing-key.store.js';

/** A key as far as planning looks at it. */
export type PlannedKey = Pick<
  StoredSigningKey,
  'kid' | 'algorithm' | 'status' | 'signFrom' | 'signUntil' | 'createdAt'
>;

/** Times are in milliseconds since the epoch; what changes is the plan. */
export interface Draft {
  /** Null for a key that is to be made. */
  readonly key: PlannedKey | null;
  readonly algorithm: SigningAlgorithm;
  status: SigningKeyUpdate['status'];
  from: number;
  until: number | null;
  readonly publishedAt: number;
}

export function isOver(draft: Draft | undefined, nowMs: number): boolean {
  return draft !== undefined && draft.until !== null && draft.until <= nowMs;
}

export function draftOf(key: PlannedKey): Draft {
  return {
    key,
    algorithm: key.algorithm,
    status: key.status,
    from: key.signFrom.getTime(),
    until: key.signUntil?.getTime() ?? null,
    publishedAt: key.createdAt.getTime(),
  };
}

export function isChanged({ key, status, from, until }: Draft): boolean {
  if (key === null) return false;
  const isMoved = key.signFrom.getTime() !== from || key.signUntil?.getTime() !== until;
  return key.status !== status || isMoved;
}

export function toUpdate(draft: Draft): SigningKeyUpdate {
  return { kid: draft.key?.kid ?? '', status: draft.status, ...timesOf(draft) };
}

export function timesOf({ from, until }: Draft): { signFrom: Date; signUntil: Date | null } {
  return { signFrom: new Date(from), signUntil: until === null ? null : new Date(until) };
}
