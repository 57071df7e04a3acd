/** Port: how far the outbox of revocations is behind, for who watches the server. */

/** Revocations that were recorded and not relayed everywhere. */
export interface Backlog {
  readonly count: number;
  /** Since the oldest of them was recorded; 0 where there is none. */
  readonly oldestSeconds: number;
}

/** Reads and changes nothing. */
export abstract class RevocationBacklog {
  /** @throws TemporarilyUnavailableError where the record cannot be read */
  abstract measure(): Promise<Backlog>;
}
