/** The contract of every hot store, for a Redis of several processes. */
import { type RedisServers } from '../../../config/redis.servers.js';
import { describeInteractionStore } from '../../contracts/interaction.store.contract.js';
import { describeRevocationStream } from '../../contracts/revocation-stream.contract.js';
import { describeRevokedTokenStore } from '../../contracts/revoked-token.store.contract.js';
import { describeRotationStore } from '../../contracts/rotation.store.contract.js';
import { describeSessionCopyStore } from '../../contracts/session-copy.store.contract.js';
import { describeSignInBrake } from '../../contracts/sign-in.brake.contract.js';
import { describeSingleUseStore } from '../../contracts/single-use.store.contract.js';
import { RedisConnection } from '../redis.connection.js';
import { RedisInteractionStore } from '../redis-interaction.store.js';
import { age, lineageKey } from '../../testing/redis-lineage.js';
import { RedisRevocationStream } from '../redis-revocation.stream.js';
import { RedisRevokedTokenStore } from '../redis-revoked-token.store.js';
import { RedisRotationStore } from '../redis-rotation.store.js';
import { RedisSessionCopyStore } from '../redis-session-copy.store.js';
import { RedisSignInBrake } from '../redis-sign-in.brake.js';
import { RedisSingleUseStore } from '../redis-single-use.store.js';

const KEY_PREFIX = 'contract:';

/** A deployment that the contracts run on. */
export interface HotStoresHarness {
  readonly options: RedisServers;
  flush(): Promise<void>;
  masterOf(key: string): Promise<{ readonly url: string }>;
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
    connections.push(await connect(KEY_PREFIX), await connect(KEY_PREFIX));
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

  describe('RedisRevocationStream', () => {
    describeRevocationStream(async () => {
      const { store, replica } = await both((redis) => new RedisRevocationStream(redis));
      return { stream: store, replica, redis: connections[0] as RedisConnection };
    });
  });

  describe('RedisSingleUseStore', () => {
    describeSingleUseStore(() => both((redis) => new RedisSingleUseStore(redis)));
  });

  describe('RedisInteractionStore', () => {
    describeInteractionStore(() => both((redis) => new RedisInteractionStore(redis)));
  });

  describe('RedisSessionCopyStore', () => {
    describeSessionCopyStore(() => both((redis) => new RedisSessionCopyStore(redis)));
  });

  describe('RedisSignInBrake', () => {
    describeSignInBrake(async (limits) => {
      const { store, replica } = await both((redis) => new RedisSignInBrake(redis, limits));
      return { brake: store, replica };
    });
  });

  describe('RedisRotationStore', () => {
    describeRotationStore(async () => {
      const { store, replica } = await both((redis) => new RedisRotationStore(redis));
      const advance = async (handle: Buffer, ms: number) => {
        const { url } = await deployment().masterOf(lineageKey({ keyPrefix: KEY_PREFIX }, handle));
        await age({ url, keyPrefix: KEY_PREFIX }, handle, ms);
      };
      return {
        store,
        replica,
        advance,
        lose: () =>
          deployment()
            .flush()
            .then(() => store),
      };
    });
  });
}
