/** Finds the live session of a cookie: its hot copy where that can be believed, else the record. */
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { sessionConfig, type SessionConfig } from '../config/session.config.js';
import { SessionClock } from './session.clock.js';
import {
  type SessionCopyLease,
  type SessionCopyLookup,
  SessionCopyStore,
  type SessionUse,
} from './session-copy.store.js';
import { SessionRecord } from './session.record.js';
import { SessionRelay } from './session.relay.js';
import { type Session } from './session.js';

/** How often the use of a session is recorded at most; its copy knows it at once. */
export const RECORD_USE_EVERY_MS = 60_000;

const NOTHING_FOUND: SessionCopyLookup = { session: null, lease: null };

/** With hot state down the record answers; with the record down live copies go on. */
@Injectable()
export class SessionReader implements OnModuleDestroy {
  private readonly logger = new Logger(SessionReader.name);
  private readonly pending = new Set<Promise<void>>();

  constructor(
    private readonly record: SessionRecord,
    private readonly copies: SessionCopyStore,
    private readonly relay: SessionRelay,
    private readonly clock: SessionClock,
    @Inject(sessionConfig.KEY) private readonly config: SessionConfig,
  ) {}

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.pending);
  }

  /**
   * The session, its idle time begun anew.
   * @throws TemporarilyUnavailableError where neither a copy nor the record can be had
   */
  async find(cookieSha256: Buffer): Promise<Session | null> {
    const use: SessionUse = {
      now: this.clock.now(),
      idleMs: this.config.idleSeconds * 1000,
      recordEveryMs: RECORD_USE_EVERY_MS,
    };
    const found = await this.findCopy(cookieSha256, use);
    if (found.session === null) return this.findRecorded(cookieSha256, use, found.lease);
    if (found.recordDue) this.extendBehind(found.session, use.now);
    return found.session;
  }

  private async findCopy(cookieSha256: Buffer, use: SessionUse): Promise<SessionCopyLookup> {
    try {
      const moment = await this.relay.catchUp();
      const found = await this.copies.find(cookieSha256, use);
      return this.relay.isStill(moment) ? found : NOTHING_FOUND;
    } catch (error) {
      if (error instanceof TemporarilyUnavailableError) return NOTHING_FOUND;
      throw error;
    }
  }

  private async findRecorded(
    cookieSha256: Buffer,
    { now, idleMs }: SessionUse,
    lease: SessionCopyLease | null,
  ): Promise<Session | null> {
    const recorded = await this.record.find(cookieSha256, now);
    if (recorded === null) return null;
    const idleEnd = Math.min(now.getTime() + idleMs, recorded.expiresAt.getTime());
    const session = { ...recorded, idleExpiresAt: new Date(idleEnd) };
    this.extendBehind(session, now);
    if (lease !== null) await this.put(cookieSha256, lease, session, now);
    return session;
  }

  private async put(
    cookieSha256: Buffer,
    lease: SessionCopyLease,
    session: Session,
    now: Date,
  ): Promise<void> {
    try {
      await this.copies.put(cookieSha256, lease, session, now);
    } catch (error) {
      this.logger.debug(`a session stays without a copy: ${String(error)}`);
    }
  }

  // Behind the answer: it is an optimistic note of use, and the record being down ends nothing.
  private extendBehind({ sid, idleExpiresAt }: Session, now: Date): void {
    const unlessSince = new Date(now.getTime() - RECORD_USE_EVERY_MS);
    const extending = this.record
      .extend(sid, idleExpiresAt, now, unlessSince)
      .catch((error: unknown) => this.logger.debug(`a use is not recorded: ${String(error)}`))
      .finally(() => this.pending.delete(extending));
    this.pending.add(extending);
  }
}
