/** The contract of every hot store, for a Redis of several processes. */
import { type RedisServers } from '../../../config/redis.servers.js';
import { describeInteractionStore } from '../../contracts/interaction.store.contract.js';
import { describeRevokedTokenStore } from '../../contracts/revoked-token.store.contract.js';
import { describeSingleUseStore } from '../../contracts/single-use.store.contract.js';
import { RedisConnection } from '../redis.connection.js';
import { RedisInteractionStore } from '../redis-interaction.store.js';
import { RedisRevokedTokenStore } from '../redis-revoked-token.store.js';
import { RedisSingleUseStore } from '../redis-single-use.store.js';

/** A deployment that the contracts run on. */
export interface HotStoresHarness {
  readonly options: RedisServers;
  flush(): Promise<void>;
}

/** Opens connections to a deployment; closes them after the suite. */
export function useConnections(deployment: () => HotStoresHarness) {
  const connections: RedisConnection[] = [];
  afterAll(() => connections.forEach((connection) => connection.onApplicationShutdown()));
  return async (keyPrefix: string): Promise<RedisConnection> => {
    const options = { ...deployment().options, keyPrefix, requireNoEviction: true };
    const connection = new RedisConnection(options);
    connections.push(connection);
    await connection.onModuleInit();
    return connection;
  };
}

/** @param deployment asked from within tests and hooks */
export function describeHotStores(deployment: () => HotStoresHarness): void {
  const connect = useConnections(deployment);
  const connections: RedisConnection[] = [];
  beforeAll(async () => {
    connections.push(await connect('contract:'), await connect('contract:'));
  });

  // Two processes' views of the same keys, of which there are none yet.
  async function both<T>(create: (redis: RedisConnection) => T): Promise<{ store: T; replica: T }> {
    await deployment().flush();
    const [one, other] = connections as [RedisConnection, RedisConnection];
    return { store: create(one), replica: create(other) };
  }

  describe('RedisRevokedTokenStore', () => {
    describeRevokedTokenStore(async () => {
      const { store, replica } = await both((redis) => new RedisRevokedTokenStore(redis));
      return {
        store,
        replica,
        lose: () =>
          deployment()
            .flush()
            .then(() => store),
      };
    });
  });

  describe('RedisSingleUseStore', () => {
    describeSingleUseStore(() => both((redis) => new RedisSingleUseStore(redis)));
  });

  describe('RedisInteractionStore', () => {
    describeInteractionStore(() => both((redis) => new RedisInteractionStore(redis)));
  });
}
