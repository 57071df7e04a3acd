/** Revoked tokens in this process: the default of a single process without Redis. */
import { type TokenRevocation } from '../../revocation/revocation.record.js';
import { type RevokedTokenState, RevokedTokenStore } from '../../revocation/revoked-token.store.js';

/** Entries at which expired ones are looked for; doubled when most of them are live. */
const FIRST_SWEEP_SIZE = 1000;

/** A new process remembers nothing: until it is restored it answers `unknown`. */
export class MemoryRevokedTokenStore extends RevokedTokenStore {
  private readonly expiryMs = new Map<string, number>();
  private complete = false;
  private sweepSize = FIRST_SWEEP_SIZE;

  async revoke({ jti, expiresAt }: TokenRevocation): Promise<void> {
    this.expiryMs.set(jti, expiresAt.getTime());
    if (this.expiryMs.size >= this.sweepSize) this.sweep();
  }

  async find(jti: string): Promise<RevokedTokenState> {
    if ((this.expiryMs.get(jti) ?? 0) > Date.now()) return 'revoked';
    return this.complete ? 'live' : 'unknown';
  }

  async restore(pages: AsyncIterable<readonly TokenRevocation[]>): Promise<void> {
    for await (const page of pages) {
      for (const revocation of page) await this.revoke(revocation);
    }
    this.complete = true;
  }

  /** Entries held, expired ones that were not swept yet included. */
  get size(): number {
    return this.expiryMs.size;
  }

  private sweep(): void {
    const now = Date.now();
    for (const [jti, expiry] of this.expiryMs) if (expiry <= now) this.expiryMs.delete(jti);
    this.sweepSize = Math.max(FIRST_SWEEP_SIZE, this.expiryMs.size * 2);
  }
}
