/** Everyone who follows the feed at this process: how many may, and that all end with it. */
import { type ServerResponse } from 'node:http';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { FeedFollower, type FollowerAccess } from './feed.follower.js';
import { RevocationJournal } from './revocation.journal.js';

/** Connections of this process, and of one client to it: its replicas, with some to spare. */
const MAX_FOLLOWERS = 2000;
const MAX_FOLLOWERS_OF_CLIENT = 200;

const RETRY_SECONDS = 5;

/** Keeps the followers. */
@Injectable()
export class FeedFollowers implements OnModuleDestroy {
  private readonly logger = new Logger(FeedFollowers.name);
  private readonly followers = new Map<FeedFollower, { clientId: string; ended: Promise<void> }>();
  private closing = false;

  constructor(private readonly journal: RevocationJournal) {}

  /** Connections that are open. */
  get count(): number {
    return this.followers.size;
  }

  onModuleDestroy(): Promise<void> {
    return this.end();
  }

  /** Ends every connection and takes no new one: followers go on elsewhere. Bears repetition. */
  async end(): Promise<void> {
    this.closing = true;
    for (const follower of this.followers.keys()) follower.end();
    await Promise.all([...this.followers.values()].map(({ ended }) => ended));
  }

  /**
   * Finds the position to go on from, before anything is answered.
   *
   * @param lastEventId of a follower that comes back
   * @returns 0 where it has to be sent everything
   * @throws TemporarilyUnavailableError where the record cannot be read, or too many follow already
   */
  async prepare(clientId: string, lastEventId: string | null): Promise<number> {
    const ofClient = [...this.followers.values()].filter((one) => one.clientId === clientId);
    if (
      this.closing ||
      this.followers.size >= MAX_FOLLOWERS ||
      ofClient.length >= MAX_FOLLOWERS_OF_CLIENT
    ) {
      throw new TemporarilyUnavailableError(
        'too many connections follow the feed',
        `${this.followers.size} followers, ${ofClient.length} of client ${clientId}`,
        RETRY_SECONDS,
      );
    }
    // So that whoever revoked before this connection was made finds it told about that.
    await this.journal.refresh();
    const position = /^\d{1,15}$/.test(lastEventId ?? '') ? Number(lastEventId) : 0;
    return (await this.journal.readAfter(position)) === null ? 0 : position;
  }

  /** Answers by the feed, until the connection ends. */
  add(access: FollowerAccess, response: ServerResponse, from: number): void {
    const follower = new FeedFollower(this.journal, access, response);
    const ended = follower
      .follow(from)
      .catch((error: unknown) => this.logger.debug(`a follower was cut off: ${String(error)}`))
      .finally(() => this.followers.delete(follower));
    this.followers.set(follower, { clientId: access.identity.clientId, ended });
  }
}
