/** Port: whatever may be used once. There is no "find, check, then mark". */

/** What is kept until it is claimed. */
export interface SingleUseEntry {
  readonly value: string;
  /** Compared in the claim, byte by byte; a claim with another one touches nothing. */
  readonly binding: string;
}

/** What a claim found. */
export type ClaimOutcome =
  /** This caller, and no other, has it. */
  | { readonly outcome: 'claimed'; readonly value: string }
  /** Claimed before, with the same binding. */
  | { readonly outcome: 'replayed'; readonly value: string }
  | { readonly outcome: 'mismatched' }
  /** Never there, expired, or lost. */
  | { readonly outcome: 'absent' };

/**
 * Authorization codes, pushed requests, the jti of client assertions, one-time links. Keys hold no
 * secret that could be presented: a code is kept under its SHA-256.
 */
export abstract class SingleUseStore {
  /**
   * Keeps an entry. Of any number of callers with one key, one is told true, until the key is
   * forgotten.
   * @param lifetimeSeconds how long it can be claimed
   * @param memorySeconds how long a claim is remembered after the lifetime, so that a replay is told
   *   from an unknown key; default 0
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract put(
    key: string,
    entry: SingleUseEntry,
    lifetimeSeconds: number,
    memorySeconds?: number,
  ): Promise<boolean>;

  /**
   * The value of an entry that is not claimed and not expired, without claiming it.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract peek(key: string): Promise<string | null>;

  /**
   * Claims an entry, in one atomic step.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract claim(key: string, binding: string): Promise<ClaimOutcome>;

  /**
   * Gives a claim back, for the remaining lifetime: for the one caller that has it and can do
   * nothing with it, because something else is down. A key that nobody claimed is left alone.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract release(key: string): Promise<void>;
}
