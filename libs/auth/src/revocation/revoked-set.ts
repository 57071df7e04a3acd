/** What is revoked, in memory: looked at for every token, and so cheap that it does not show. */
import { type RevocationEvent, type RevocationKind } from '@keyward/oauth';

/** Above this nothing is dropped, which could revive a token; the set counts as stale instead. */
export const MAXIMUM_REVOCATIONS = 1_000_000;

const FIRST_SWEEP_SIZE = 1000;

/** What a verified token says of itself, as far as a revocation can name it. */
export interface RevocableToken {
  readonly tokenId: string | undefined;
  readonly grantId: string | undefined;
  readonly clientId: string | undefined;
  /** `iat`, seconds since the epoch; a token without it is as old as can be. */
  readonly issuedAt: number | undefined;
}

/** Entries stay until no token that they could concern is valid. */
export class RevokedSet {
  /** `exp` by value, for the kinds that need no more. */
  readonly #expiries = {
    jti: new Map<string, number>(),
    grant: new Map<string, number>(),
    kid: new Map<string, number>(),
  };
  readonly #clients = new Map<string, { readonly iatBefore: number; readonly exp: number }>();
  #size = 0;
  #sweepSize = FIRST_SWEEP_SIZE;

  /** @param maximum entries; more are kept, and said to be too many */
  constructor(private readonly maximum = MAXIMUM_REVOCATIONS) {}

  /** Entries held, expired ones that were not swept yet included. */
  get size(): number {
    return this.#size;
  }

  /** Whether there are more entries than this process should have to hold. */
  get isOverfull(): boolean {
    return this.#size > this.maximum;
  }

  /** Idempotent; of two times for a client the later stays. */
  add({ kind, value, iat_before, exp }: RevocationEvent, nowSeconds: number): void {
    if (exp <= nowSeconds) return;
    if (kind === 'client') {
      const iatBefore = iat_before ?? Infinity;
      if ((this.#clients.get(value)?.iatBefore ?? -1) <= iatBefore) {
        this.#clients.set(value, { iatBefore, exp });
      }
    } else {
      this.#expiries[kind].set(value, exp);
    }
    this.#count();
    if (this.#size >= this.#sweepSize) this.sweep(nowSeconds);
  }

  /**
   * What of the token was revoked, or undefined.
   * @param kid the key that its signature was checked with
   */
  find(token: RevocableToken, kid: string | undefined): RevocationKind | undefined {
    if (this.#size === 0) return undefined;
    const { jti, grant, kid: kids } = this.#expiries;
    const { tokenId, grantId, clientId, issuedAt } = token;
    if (tokenId !== undefined && jti.has(tokenId)) return 'jti';
    if (grantId !== undefined && grant.has(grantId)) return 'grant';
    if (kid !== undefined && kids.has(kid)) return 'kid';
    if (clientId === undefined || this.#clients.size === 0) return undefined;
    const client = this.#clients.get(clientId);
    return client !== undefined && (issuedAt ?? 0) <= client.iatBefore ? 'client' : undefined;
  }

  /** Drops what has expired. */
  sweep(nowSeconds: number): void {
    for (const expiries of Object.values(this.#expiries)) {
      for (const [value, exp] of expiries) if (exp <= nowSeconds) expiries.delete(value);
    }
    for (const [value, { exp }] of this.#clients) {
      if (exp <= nowSeconds) this.#clients.delete(value);
    }
    this.#count();
    this.#sweepSize = Math.max(FIRST_SWEEP_SIZE, this.#size * 2);
  }

  #count(): void {
    const { jti, grant, kid } = this.#expiries;
    this.#size = jti.size + grant.size + kid.size + this.#clients.size;
  }
}
