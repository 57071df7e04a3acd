/** Whether this process may believe what the hot store says of tokens: not while it may lack a revocation. */
export class HotStoreTrust {
  /**
   * Relays that failed, and how many of these a complete one has made good. It starts one behind: a
   * predecessor may have died between the record and the hot store.
   */
  private failed = 1;
  private settled = 0;
  /** What has to end, well or badly, before the hot store is believed again. */
  private readonly awaited = new Set<Promise<unknown>>();

  get isWhole(): boolean {
    return this.awaited.size === 0 && this.settled >= this.failed;
  }

  /** A revocation may be missing in the hot store, until a relay that begins from now on is complete. */
  lose(): void {
    this.failed += 1;
  }

  /** To be called when a relay begins. @returns what it can make good: {@link regain} takes it */
  get losses(): number {
    return this.failed;
  }

  regain(losses: number): void {
    this.settled = Math.max(this.settled, losses);
  }

  /** Nothing is believed until `work` has ended, which is also what this resolves or rejects with. */
  async holdBackFor<T>(work: Promise<T>): Promise<T> {
    this.awaited.add(work);
    try {
      return await work;
    } finally {
      this.awaited.delete(work);
    }
  }

  /**
   * Resolves when nothing is missing that was known when this was called. What comes later is not waited
   * for: where something always comes, nobody would ever be answered.
   *
   * @param relay tries to make good what failed
   * @throws what `relay` throws, where something is missing then
   */
  async restoreBy(relay: () => Promise<void>): Promise<void> {
    await Promise.allSettled(this.awaited);
    const { losses } = this;
    while (this.settled < losses) {
      try {
        await relay();
      } catch (error) {
        if (this.settled < losses) throw error;
      }
    }
  }
}
