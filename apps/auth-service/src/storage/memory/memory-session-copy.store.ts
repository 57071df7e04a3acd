/** Hot copies of sessions in this process: the default of a single process without Redis. */
import { randomUUID } from 'node:crypto';
import {
  type SessionCopyLease,
  type SessionCopyLookup,
  SessionCopyStore,
  type SessionUse,
} from '../../session/session-copy.store.js';
import { type Session } from '../../session/session.js';

interface Copy {
  session: Session;
  recordedAtMs: number;
}

/** Entries at which expired ones are looked for; doubled when most of them are live. */
const FIRST_SWEEP_SIZE = 1000;
const LEASE_MS = 10_000;
const ORIGIN = 'this process';

/** Always within reach, so the epoch never changes. */
export class MemorySessionCopyStore extends SessionCopyStore {
  readonly epoch = '';
  private readonly copies = new Map<string, Copy>();
  private readonly leases = new Map<string, { nonce: string; endsAtMs: number }>();
  private sweepSize = FIRST_SWEEP_SIZE;

  async find(cookieSha256: Buffer, use: SessionUse): Promise<SessionCopyLookup> {
    const key = keyOf(cookieSha256);
    const nowMs = use.now.getTime();
    const copy = this.copies.get(key);
    if (copy === undefined || nowMs >= endOf(copy.session)) {
      this.copies.delete(key);
      return { session: null, lease: { nonce: this.lease(key, nowMs), origin: ORIGIN } };
    }
    const { session } = copy;
    const idleEnd = Math.min(nowMs + use.idleMs, session.expiresAt.getTime());
    const idleExpiresAt = new Date(Math.max(session.idleExpiresAt.getTime(), idleEnd));
    copy.session = { ...session, idleExpiresAt };
    const recordDue = nowMs - copy.recordedAtMs >= use.recordEveryMs;
    if (recordDue) copy.recordedAtMs = nowMs;
    return { session: copy.session, recordDue };
  }

  async put(
    cookieSha256: Buffer,
    { nonce }: SessionCopyLease,
    session: Session,
    now: Date,
  ): Promise<void> {
    const key = keyOf(cookieSha256);
    const lease = this.leases.get(key);
    const nowMs = now.getTime();
    if (lease?.nonce !== nonce || nowMs >= lease.endsAtMs || this.copies.has(key)) return;
    this.copies.set(key, { session, recordedAtMs: nowMs });
  }

  async remove(cookieSha256: Buffer): Promise<void> {
    const key = keyOf(cookieSha256);
    this.copies.delete(key);
    this.leases.delete(key);
  }

  /** Entries held, expired ones that were not swept yet included. */
  get size(): number {
    return this.copies.size + this.leases.size;
  }

  private lease(key: string, nowMs: number): string {
    const held = this.leases.get(key);
    if (held !== undefined && nowMs < held.endsAtMs) return held.nonce;
    if (this.size >= this.sweepSize) this.sweep(nowMs);
    const nonce = randomUUID();
    this.leases.set(key, { nonce, endsAtMs: nowMs + LEASE_MS });
    return nonce;
  }

  private sweep(nowMs: number): void {
    for (const [key, { session }] of this.copies) {
      if (nowMs >= endOf(session)) this.copies.delete(key);
    }
    for (const [key, { endsAtMs }] of this.leases) if (nowMs >= endsAtMs) this.leases.delete(key);
    this.sweepSize = Math.max(FIRST_SWEEP_SIZE, this.size * 2);
  }
}

function keyOf(cookieSha256: Buffer): string {
  return cookieSha256.toString('base64url');
}

function endOf({ idleExpiresAt, expiresAt }: Session): number {
  return Math.min(idleExpiresAt.getTime(), expiresAt.getTime());
}
