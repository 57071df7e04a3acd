/** Port: tells a process at once that some process gave revocations their positions. */

/** A hint that there is something to read. Whoever relies on it also looks by itself now and then. */
export abstract class RevocationSignal {
  /**
   * Calls `listener` whenever there may be something new. A connection that breaks ends that in
   * silence: call this again now and then, it does nothing while all is well.
   *
   * @throws Error where nobody can be listened to now
   */
  abstract listen(listener: () => void): Promise<void>;

  /** Stops listening. Bears repetition. */
  abstract stop(): Promise<void>;
}
