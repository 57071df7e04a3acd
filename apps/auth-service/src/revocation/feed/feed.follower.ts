/** One follower of the feed: sends what concerns it, no faster than it reads. */
import { once } from 'node:events';
import { type ServerResponse } from 'node:http';
import { type PositionedRevocation, type TokenIdentity } from '../revocation.js';
import { heartbeatMessage, revocationMessage, startMessage } from './feed.message.js';
import { type RevocationJournal } from './revocation.journal.js';

/** How often a follower hears that there is nothing new. */
export const HEARTBEAT_INTERVAL_MS = 5000;

/** A follower that has not read for this long is cut off; it may come back and go on. */
const WRITE_TIMEOUT_MS = 10_000;

/** Who follows, and with what right. */
export interface FollowerAccess {
  readonly identity: TokenIdentity;
  /** The resource that the client is; it learns what concerns this one alone. */
  readonly resource: string;
  /** When its token expires. */
  readonly untilMs: number;
}

/** Sends pages of the journal for as long as the token is good and the connection lasts. */
export class FeedFollower {
  private readonly ended = new AbortController();
  private changed: () => void = () => undefined;

  constructor(
    private readonly journal: RevocationJournal,
    private readonly access: FollowerAccess,
    private readonly response: ServerResponse,
  ) {
    response.once('close', () => this.end());
  }

  /** Ends the connection. Bears repetition. */
  end(): void {
    this.ended.abort();
    this.changed();
  }

  /**
   * Sends everything behind `from`, then what comes. Resolves when the connection has ended.
   * @param from a position of the journal, or 0 for everything that is in force
   */
  async follow(from: number): Promise<void> {
    const { untilMs } = this.access;
    const expiry = setTimeout(() => this.end(), Math.max(0, untilMs - Date.now())).unref();
    const unsubscribe = this.journal.subscribe((news) => this.onNews(news));
    try {
      await this.write(startMessage(from));
      await this.sendAll(from);
    } finally {
      clearTimeout(expiry);
      unsubscribe();
      this.response.end();
    }
  }

  private async sendAll(from: number): Promise<void> {
    let read = from;
    let sent = from;
    let heartbeatAtMs = 0;
    while (!this.ended.signal.aborted) {
      const change = this.nextChange();
      const page = await this.journal.readAfter(read);
      if (page === null) return;
      for (const revocation of page.revocations) {
        if (!this.concerns(revocation)) continue;
        await this.write(revocationMessage(revocation, sent));
        sent = revocation.position;
      }
      read = page.reached;
      if (!page.isWhole) continue;
      // A process that cannot read the record has nothing to say; its followers go stale.
      if (Date.now() >= heartbeatAtMs && this.journal.isCurrent) {
        await this.write(heartbeatMessage({ position: read, previous: sent }));
        sent = read;
        heartbeatAtMs = Date.now() + HEARTBEAT_INTERVAL_MS;
      }
      await change;
    }
  }

  private concerns({ audiences }: PositionedRevocation): boolean {
    return audiences === null || audiences.includes(this.access.resource);
  }

  private onNews(news: readonly PositionedRevocation[]): void {
    const { jti, clientId, kid, issuedAt } = this.access.identity;
    const isOver = news.some(
      ({ kind, value, iatBefore }) =>
        (kind === 'jti' && value === jti) ||
        (kind === 'client' && value === clientId && issuedAt <= (iatBefore ?? Infinity)) ||
        (kind === 'kid' && value === kid),
    );
    // Its own token was revoked, or the order that it knows is no more.
    if (isOver || news.length === 0) this.end();
    else this.changed();
  }

  /** Resolves at news, at the end, and when it is time for a heartbeat. */
  private nextChange(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, HEARTBEAT_INTERVAL_MS).unref();
      this.changed = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** @throws Error where the follower does not read */
  private async write(text: string): Promise<void> {
    if (this.ended.signal.aborted || this.response.write(text)) return;
    const late = AbortSignal.timeout(WRITE_TIMEOUT_MS);
    try {
      await once(this.response, 'drain', { signal: AbortSignal.any([late, this.ended.signal]) });
    } catch (error) {
      this.response.destroy();
      throw error;
    }
  }
}
