/** What is revoked, in this process: the default of a single process without Redis. */
import { type Revocation, type TokenIdentity } from '../../revocation/revocation.js';
import { type RevokedTokenState, RevokedTokenStore } from '../../revocation/revoked-token.store.js';

/** Entries at which expired ones are looked for; doubled when most of them are live. */
const FIRST_SWEEP_SIZE = 1000;

interface Entry {
  readonly expiryMs: number;
  /** For a client: tokens up to this `iat` are revoked. */
  readonly iatBefore: number;
}

/** A new process remembers nothing: until it is restored it answers `unknown`. */
export class MemoryRevokedTokenStore extends RevokedTokenStore {
  private readonly entries = new Map<string, Entry>();
  private complete = false;
  private sweepSize = FIRST_SWEEP_SIZE;

  async revoke(revocations: readonly Revocation[]): Promise<void> {
    for (const { kind, value, iatBefore, expiresAt } of revocations) {
      const key = `${kind}:${value}`;
      const known = this.entries.get(key);
      // Relays may come out of order: an older time for a client must not replace a later one.
      if (known !== undefined && known.iatBefore > (iatBefore ?? Infinity)) continue;
      this.entries.set(key, {
        expiryMs: expiresAt.getTime(),
        iatBefore: iatBefore ?? Infinity,
      });
    }
    if (this.entries.size >= this.sweepSize) this.sweep();
  }

  async find({ jti, grantId, clientId, kid, issuedAt }: TokenIdentity): Promise<RevokedTokenState> {
    const now = Date.now();
    const isRevoked = (key: string): boolean => {
      const entry = this.entries.get(key);
      return entry !== undefined && entry.expiryMs > now && issuedAt <= entry.iatBefore;
    };
    const revoked =
      isRevoked(`jti:${jti}`) ||
      isRevoked(`client:${clientId}`) ||
      (grantId !== null && isRevoked(`grant:${grantId}`)) ||
      (kid !== null && isRevoked(`kid:${kid}`));
    if (revoked) return 'revoked';
    return this.complete ? 'live' : 'unknown';
  }

  async restore(pages: AsyncIterable<readonly Revocation[]>): Promise<void> {
    for await (const page of pages) await this.revoke(page);
    this.complete = true;
  }

  /** Entries held, expired ones that were not swept yet included. */
  get size(): number {
    return this.entries.size;
  }

  private sweep(): void {
    const now = Date.now();
    for (const [key, { expiryMs }] of this.entries) if (expiryMs <= now) this.entries.delete(key);
    this.sweepSize = Math.max(FIRST_SWEEP_SIZE, this.entries.size * 2);
  }
}
