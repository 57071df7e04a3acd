/** Where the storefront keeps its sessions: in Redis for replicas, else in this process. */
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import {
  type BffStores,
  RedisBffSingleUseStore,
  RedisBrowserSessionStore,
} from '@keyward/auth/bff';
import { createClient, type RedisClientType } from 'redis';
import { type StorefrontConfiguration } from '../config/storefront.config.js';

const TIMEOUT_MS = 2000;

/** Connects once; a Redis that goes away is waited for behind the requests, which get 503. */
@Injectable()
export class SessionStores implements OnApplicationShutdown {
  readonly #logger = new Logger('Sessions');
  #client: RedisClientType | undefined;

  /** Undefined where nothing is configured: BffModule has its own then. */
  open({ redis }: Pick<StorefrontConfiguration, 'redis'>): BffStores | undefined {
    if (redis === undefined) {
      this.#logger.warn('no STOREFRONT_REDIS_URL: sessions are in this process, and end with it');
      return undefined;
    }
    const client: RedisClientType = createClient({
      url: redis.url,
      disableOfflineQueue: true,
      socket: {
        connectTimeout: TIMEOUT_MS,
        reconnectStrategy: (n) => Math.min(100 * 2 ** n, 3000),
      },
    });
    client.on('error', (error: Error) => this.#logger.warn(`Redis: ${error.message}`));
    client.connect().catch((error: Error) => this.#logger.warn(`Redis: ${error.message}`));
    this.#client = client;
    const { keyPrefix, sealingKeys } = redis;
    const options = { client, keyPrefix, sealingKeys, timeoutMs: TIMEOUT_MS };
    return {
      sessions: new RedisBrowserSessionStore(options),
      singleUse: new RedisBffSingleUseStore(options),
    };
  }

  onApplicationShutdown(): void {
    this.#client?.destroy();
  }
}
