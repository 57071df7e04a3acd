/** Refuses to start with a K that is not the one by which the tokens out there were made. */
import { timingSafeEqual } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { StartupError } from '../config/startup.error.js';
import { RefreshKeyStore } from './refresh-key.store.js';
import { RefreshTokenKeys } from './refresh-token.keys.js';

/** How often a token of a newer key makes this process look which versions there are. */
const LOOK_INTERVAL_MS = 1000;

/** Knows which versions of K the replicas have been given. */
@Injectable()
export class RefreshKeyCheck implements OnApplicationBootstrap {
  private newestElsewhere = 0;
  private lookedAtMs = 0;

  constructor(
    private readonly keys: RefreshTokenKeys,
    private readonly store: RefreshKeyStore,
  ) {}

  /** @throws StartupError where a version is recorded with another key: every token would be refused */
  async onApplicationBootstrap(): Promise<void> {
    for (const version of this.keys.versions) {
      const mine = this.keys.checkValue(version);
      const recorded = await this.store.register(version, mine);
      if (!timingSafeEqual(mine, recorded)) {
        throw new StartupError(
          `the key of version ${version} for refresh tokens is not the one that this database knows: ` +
            'restore it (AUTH_REFRESH_TOKEN_KEYS; in development it is derived from the key encryption ' +
            'key), or add the new key under a new version',
        );
      }
    }
  }

  /**
   * Whether a replica has been given a newer key than this process. Asked for any text that looks
   * like a token, and so bounded: one look a second, however many ask.
   *
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async isKnownElsewhere(version: number): Promise<boolean> {
    if (version > this.newestElsewhere && Date.now() - this.lookedAtMs >= LOOK_INTERVAL_MS) {
      this.lookedAtMs = Date.now();
      this.newestElsewhere = await this.store.newestVersion();
    }
    return version <= this.newestElsewhere;
  }
}
