/** Port: devices that wait for a person. Hot state: one that is lost asks for new codes. */

/** A request that is kept under its public id, and found by its user code until it expires. */
export interface DeviceAuthorizationEntry {
  /** Of the device code, and nothing that could be presented. */
  readonly id: string;
  /** Of the user code. */
  readonly userCodeKey: string;
  readonly value: string;
  readonly clientId: string;
  /** Thumbprint of the key that must be proven at each poll; null for none. */
  readonly dpopJkt: string | null;
}

/** How long an entry waits, and how often it is asked after. */
export interface DeviceAuthorizationTimes {
  /** How long a person may take. */
  readonly lifetimeSeconds: number;
  /** How long beyond that the device is told what became of it. */
  readonly memorySeconds: number;
  /** The time between two polls, at first. */
  readonly intervalSeconds: number;
  /** How long a poll that claims has for what it does; then, unless it said that it is done, another may. */
  readonly leaseSeconds: number;
}

/** Who polls: both must be as they were at the request. */
export interface DevicePoller {
  readonly clientId: string;
  /** Thumbprint of the key that was proven; null for none. */
  readonly dpopJkt: string | null;
}

/** What a poll found. */
export type DevicePoll =
  /** This poll, and no other, has what was allowed. */
  | { readonly outcome: 'claimed'; readonly grant: string; readonly isRecorded: boolean }
  /** Claimed before, and done. */
  | { readonly outcome: 'replayed'; readonly grant: string }
  | { readonly outcome: 'pending' | 'too_soon' | 'denied' | 'expired' }
  /** Another client's, or without the key; nothing was touched. */
  | { readonly outcome: 'mismatched' }
  /** Never there, forgotten, or lost. */
  | { readonly outcome: 'absent' };

/** How far it has come. */
export type DeviceState = 'pending' | 'approved' | 'denied';

/** What the person who entered the code sees of it. */
export interface EnteredDevice {
  readonly state: DeviceState;
  readonly value: string;
}

/** Each verb is one atomic step on the entry, by the clock of the store. */
export abstract class DeviceAuthorizationStore {
  /**
   * Keeps an entry.
   * @returns false where the user code is another device's; nothing was kept then
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract begin(
    entry: DeviceAuthorizationEntry,
    times: DeviceAuthorizationTimes,
  ): Promise<boolean>;

  /**
   * Binds a device that waits to the first person who enters its code. The same person may enter it
   * again; to anybody else it is not there from then on.
   *
   * @returns its id; null where nothing waits under the code, or it is another person's
   * @throws TemporarilyUnavailableError where the store cannot be reached
   * @see RFC 8628 section 5.1
   */
  abstract enter(userCodeKey: string, accountId: string): Promise<string | null>;

  /**
   * @returns null for what this person did not enter, and for what expired undecided
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract find(id: string, accountId: string): Promise<EnteredDevice | null>;

  /**
   * Decides, once and for good, for the person who entered the code.
   * @param grant what is allowed; null: nothing is
   * @returns false where this person entered no such code, somebody decided before, or it expired
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract decide(id: string, accountId: string, grant: string | null): Promise<boolean>;

  /**
   * Answers a device. What was allowed is claimed by one poll at a time, however many come at once; the
   * others are told `pending`. A poll that comes too soon, while nothing is decided, makes the interval
   * five seconds longer.
   *
   * @throws TemporarilyUnavailableError where the store cannot be reached; a claim may have been made
   *   then, and ends by itself
   * @see RFC 8628 section 3.5
   */
  abstract poll(id: string, poller: DevicePoller): Promise<DevicePoll>;

  /**
   * Ends a claim that was of use: from now on every poll is `replayed`.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract complete(id: string): Promise<void>;

  /**
   * Gives a claim back: for the one poll that has it and can do nothing with it.
   * @param isRecorded whether the grant was recorded meanwhile, which the next claim is told
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract release(id: string, isRecorded: boolean): Promise<void>;
}

/** What each poll that comes too soon adds to the interval (RFC 8628 section 3.5). */
export const SLOW_DOWN_MS = 5000;

/** A poll that is this much early is in time: networks do not deliver to the millisecond. */
export const POLL_TOLERANCE_MS = 1000;
