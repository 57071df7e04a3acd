/** What the model of refresh rotation knows at one moment. */
import { type Lineage } from './rotation.table.js';

/** The record in Redis, with the Redis process that wrote it. */
export interface Hot extends Lineage {
  readonly revoked: boolean;
  readonly run: number;
}

/** One tab of the honest client, each number a generation. */
export interface Client {
  /** On its way to the server; the tab waits for the answer. */
  readonly sent: number | null;
  /** On its way to the server; the tab has given up on it and throws the answer away. */
  readonly stray: number | null;
  /** On its way to the tab. */
  readonly answer: number | null;
  /** Whether that answer moved the lineage on outside the window. */
  readonly outside: boolean;
}

/** The two sides of a fork. */
export type Side = 'owner' | 'thief';

/** A tab, the thief, or nobody who would hear the answer. */
export type Presenter = number | 'thief' | null;

/** A server between its read of PostgreSQL and its restoring script. */
export interface Rebuild {
  readonly g: number;
  readonly who: Presenter;
  readonly read: Lineage;
  /** The Redis process that was asked. */
  readonly run: number;
  /** Whether the server still holds the grant's row; not where it died with its script on the way. */
  readonly locked: boolean;
}

/** Everything at one moment; JSON, so that states can be compared. */
export interface World {
  readonly hot: Hot | null;
  /** What a fail-over, or a restart with a cut tail, brings back. */
  readonly replica: Hot | null;
  /** The identity of the Redis process. */
  readonly run: number;
  readonly redisDown: boolean;
  readonly checkpoint: Lineage;
  /** Not yet checkpointed. */
  readonly pending: Lineage | null;
  readonly rebuild: Rebuild | null;
  /** The token in the store that the tabs share. */
  readonly stored: number;
  /** Whether it came within the window: only an eager client sends it again so soon. */
  readonly fresh: boolean;
  readonly eager: boolean;
  /** At this generation a path ends. */
  readonly lastGeneration: number;
  readonly clients: readonly Client[];
  /** What the thief has. */
  readonly thief: number | null;
  /** Who went on last outside the window, and how often the sides took turns since the last loss. */
  readonly last: { readonly side: Side; readonly turns: number } | null;
  /** In PostgreSQL. */
  readonly grantRevoked: boolean;
  readonly outbox: 'none' | 'recorded' | 'relayed';
  /** Whether every server has looked at the outbox since: the one that recorded it, and the others. */
  readonly outboxSeen: boolean;
  readonly revocationAsked: boolean;
  readonly revocationAnswered: boolean;
  /** What may still happen on this path. */
  readonly left: {
    readonly thefts: number;
    /** Requests that a client gives up and that arrive all the same. */
    readonly strays: number;
    readonly losses: number;
    readonly outages: number;
    readonly revocations: number;
  };
}

/** The parts of the design that can be switched off, to see what each is for. */
export interface Switches {
  /** Revocations reach Redis, and no server refreshes before those that it has seen have. */
  readonly relay: boolean;
  /** Who cannot relay says "done" only when every other server has looked at the outbox. */
  readonly outlast: boolean;
  /** A rebuild holds the grant's row until its restoring script has run. */
  readonly lock: boolean;
  /** A record that another Redis process wrote is a miss. */
  readonly epoch: boolean;
  /** A relayed revocation is written also where Redis has no record, and a restore never clears it. */
  readonly tombstone: boolean;
}
