/** Port: the record of refresh rotation, from which the hot store is rebuilt. */
import { type RevocationCause } from '../grant/grant.js';
import { type Lineage, type RotationState } from './lineage.js';

/** What a rebuild found. */
export type Rebuilt<T> =
  | { readonly standing: 'live'; readonly result: T }
  | {
      readonly standing: 'revoked';
      readonly lineage: Lineage;
      readonly cause: RevocationCause;
    }
  | { readonly standing: 'unknown' };

/** A state to be written behind the response. */
export interface Checkpoint extends RotationState {
  readonly handle: Buffer;
}

/** Which lineage belongs to a grant. */
export interface RecordedHandle {
  readonly grantId: string;
  readonly handle: Buffer;
  readonly absoluteExpiresMs: number;
}

/** Writes and reads lineages in the system of record. */
export abstract class RotationRecord {
  /**
   * Records the lineage of a grant, and publishes it while the grant cannot be revoked: whoever
   * revokes it waits, and finds the lineage afterwards.
   *
   * @returns false where the grant is revoked or not recorded; nothing was published then
   * @throws TemporarilyUnavailableError where the record cannot be written
   */
  abstract create(handle: Buffer, lineage: Lineage, publish: () => Promise<void>): Promise<boolean>;

  /**
   * Reads a lineage and restores it while its grant cannot be revoked.
   * @param restore is called for the lineage of a live grant alone
   * @throws TemporarilyUnavailableError where the record cannot be read, and what `restore` throws
   */
  abstract rebuild<T>(
    handle: Buffer,
    restore: (lineage: Lineage) => Promise<T>,
  ): Promise<Rebuilt<T>>;

  /** @returns null for a handle that is not recorded; the lineage of a revoked grant as any other */
  abstract find(handle: Buffer): Promise<Lineage | null>;

  /** Writes states; an earlier one never replaces a later one, and an unknown handle is ignored. */
  abstract checkpoint(states: readonly Checkpoint[]): Promise<void>;

  /** The lineages of these grants; grants without one are left out. */
  abstract findByGrants(grantIds: readonly string[]): Promise<readonly RecordedHandle[]>;

  /** @returns null for a handle that is not recorded */
  abstract findGrant(handle: Buffer): Promise<{ grantId: string; clientId: string } | null>;
}
