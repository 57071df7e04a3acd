/** The feeds that follow a test's issuer in this very process, so that a test can wait for them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { REVOCATIONS_PATH } from '@keyward/oauth';
import { AccessTokenProvider } from '../revocation/access-token.provider.js';
import { RevocationFeed } from '../revocation/revocation.feed.js';
import { SseRevocationSource } from '../revocation/sse-revocation.source.js';

const HEARD_WITHIN_MS = 5000;

/** The issuer asks nobody who they are. */
class AnyToken extends AccessTokenProvider {
  token(): Promise<string> {
    return Promise.resolve('any');
  }

  forget(): void {
    // There is nothing to forget.
  }
}

/** Makes feeds, and waits for those that are connected. */
export class FollowedFeeds {
  readonly #feeds: RevocationFeed[] = [];

  create(issuer: string, clock: () => number): RevocationFeed {
    const url = `${issuer}${REVOCATIONS_PATH}`;
    const source = new SseRevocationSource({ url, tokens: new AnyToken() });
    const feed = new RevocationFeed({ source, clock });
    this.#feeds.push(feed);
    return feed;
  }

  /** @throws Error where a connected feed did not read as far within 5 seconds */
  async heard(position: number): Promise<void> {
    const isBehind = (feed: RevocationFeed): boolean => {
      const state = feed.state();
      const connected = state.replayed && state.lastFailure === undefined;
      return connected && (state.position ?? 0) < position;
    };
    for (const end = Date.now() + HEARD_WITHIN_MS; this.#feeds.some(isBehind);) {
      if (Date.now() > end) throw new Error('a feed did not hear of the revocation');
      await sleep(2);
    }
  }
}
