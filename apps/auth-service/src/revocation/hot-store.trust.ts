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
   * Resolves when it is whole.
   * @param relay tries to make it so
   * @throws what `relay` throws, where it is not whole then
   */
  async restoreBy(relay: () => Promise<void>): Promise<void> {
    while (!this.isWhole) {
      try {
        await (this.awaited.size > 0 ? Promise.allSettled(this.awaited) : relay());
      } catch (error) {
        if (!this.isWhole) throw error;
      }
    }
  }
}
