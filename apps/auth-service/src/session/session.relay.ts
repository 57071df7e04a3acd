/** Keeps one promise: a session that ended is never found again by a hot copy. */
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { GrantService } from '../grant/grant.service.js';
import { outlast, RELAY_INTERVAL_MS, RelayRhythm } from '../revocation/relay.rhythm.js';
import { SessionCopyStore } from './session-copy.store.js';
import { type EndedSession } from './session.js';
import { SessionOutbox } from './session.outbox.js';

const BATCH = 500;

/** Carries out what the outbox holds: at once where that is possible, by any replica otherwise. */
@Injectable()
export class SessionRelay implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(SessionRelay.name);
  private readonly rhythm = new RelayRhythm();
  /** How often it was found that copies may be there that must not. */
  private doubts = 0;
  /** The {@link moment} up to which every stale copy is known to be gone; none at the start. */
  private caughtUp = '';
  private relaying: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly outbox: SessionOutbox,
    private readonly copies: SessionCopyStore,
    private readonly grants: GrantService,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), RELAY_INTERVAL_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await Promise.allSettled([this.relaying]);
  }

  /**
   * Before a hot copy may be believed: after a failure to remove one, and on every new connection,
   * all that had to go is removed. The end of a session may have been recorded while its copy could
   * not be reached.
   *
   * @returns the moment; what was found is true if {@link isStill} afterwards
   * @throws TemporarilyUnavailableError where that cannot be brought about
   */
  async catchUp(): Promise<string> {
    const moment = this.moment();
    while (this.caughtUp !== moment && this.isStill(moment)) await this.relay();
    return moment;
  }

  /** Whether nothing failed since, and no connection was made anew. */
  isStill(moment: string): boolean {
    return this.moment() === moment;
  }

  /**
   * Removes a copy that the outbox names too. Never rejects: where it cannot be removed now, this
   * resolves when no replica believes it any more.
   */
  async removeCopy(cookieSha256: Buffer): Promise<void> {
    const sinceMs = performance.now();
    try {
      await this.removeCopies([cookieSha256]);
    } catch (error) {
      this.doubts += 1;
      this.logger.warn(`recorded the end of a session whose copy is still there: ${String(error)}`);
      await outlast(sinceMs, () => this.removeCopies([cookieSha256]));
    }
  }

  /** Revokes the grants of an ended session; where that fails it is done as soon as it can be. */
  async settle(ended: EndedSession): Promise<void> {
    try {
      await this.revokeGrants(ended);
    } catch (error) {
      this.logger.warn(`recorded the end of a session whose grants still live: ${String(error)}`);
    }
  }

  private look(): void {
    // Others counted on a look in time.
    if (this.rhythm.look()) this.doubts += 1;
    this.relay()
      .then(() => this.settleAll())
      .catch((error: unknown) => this.logger.debug(`put off: ${String(error)}`));
  }

  private async settleAll(): Promise<void> {
    for (const ended of await this.outbox.findUnsettled(BATCH)) await this.revokeGrants(ended);
  }

  private async revokeGrants({ sid, accountId, reason }: EndedSession): Promise<void> {
    await this.grants.revokeOfSession(sid, { reason, by: `account ${accountId}` });
    await this.outbox.settle(sid);
  }

  private relay(): Promise<void> {
    this.relaying ??= this.relayAll().finally(() => (this.relaying = null));
    return this.relaying;
  }

  private async relayAll(): Promise<void> {
    for (;;) {
      // Taken first: a removal that fails, or a connection that breaks, from here on is not covered.
      const moment = this.moment();
      const stale = await this.outbox.findStaleCopies(BATCH);
      if (stale.length === 0) {
        this.caughtUp = moment;
        return;
      }
      // Whoever ended these may say so before they are removed here.
      this.doubts += 1;
      await this.removeCopies(stale);
    }
  }

  private async removeCopies(stale: readonly Buffer[]): Promise<void> {
    if (stale.length === 0) return;
    await Promise.all(stale.map((cookieSha256) => this.copies.remove(cookieSha256)));
    await this.outbox.forgetStaleCopies(stale);
  }

  private moment(): string {
    return `${this.copies.epoch} ${this.doubts}`;
  }
}
