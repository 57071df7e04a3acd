/** A master, its replica, and three Sentinels that watch them, all local processes. */
import { type SentinelRedis } from '../../config/redis.servers.js';
import { command, RedisTestDeployment, until } from './redis-test-deployment.js';
import { type RedisTestServer } from './redis-test-server.js';

const MASTER_NAME = 'keyward';
const PASSWORD = 'password-of-the-servers';
const SENTINELS = 3;
const QUORUM = 2;
const DOWN_AFTER_MS = 500;

/** Started by {@link RedisTestSentinels.start}. */
export class RedisTestSentinels extends RedisTestDeployment {
  readonly sentinels: RedisTestServer[] = [];

  static async start(): Promise<RedisTestSentinels> {
    const deployment = new RedisTestSentinels();
    try {
      await deployment.build();
    } catch (error) {
      await deployment.stop();
      throw error;
    }
    return deployment;
  }

  /** What a connection is told of it. */
  get options(): SentinelRedis {
    return {
      sentinels: this.sentinels.map(({ port }) => ({
        host: '127.0.0.1',
        port,
        username: undefined,
        password: undefined,
        tls: false,
      })),
      masterName: MASTER_NAME,
      access: { username: undefined, password: PASSWORD, tls: false },
    };
  }

  /** The only one: it says so itself. */
  async masterOf(): Promise<RedisTestServer> {
    for (const server of this.servers) {
      const role = await command<[string]>(server, ['ROLE']).catch(() => ['dead']);
      if (role[0] === 'master') return server;
    }
    throw new Error('there is no master');
  }

  private async build(): Promise<void> {
    const config = { masterauth: PASSWORD, 'repl-diskless-sync-delay': 0 };
    const master = await this.startServer({ password: PASSWORD, config });
    const replica = await this.startServer({
      password: PASSWORD,
      config: { ...config, replicaof: `127.0.0.1 ${master.port}` },
    });
    await until('the replica follows', async () =>
      (await command(replica, ['INFO', 'replication'])).includes('master_link_status:up'),
    );
    for (let index = 0; index < SENTINELS; index += 1) {
      this.sentinels.push(
        await this.startServer({
          sentinel: true,
          config: {
            'sentinel monitor': `${MASTER_NAME} 127.0.0.1 ${master.port} ${QUORUM}`,
            'sentinel auth-pass': `${MASTER_NAME} ${PASSWORD}`,
            'sentinel down-after-milliseconds': `${MASTER_NAME} ${DOWN_AFTER_MS}`,
            'sentinel failover-timeout': `${MASTER_NAME} 3000`,
          },
        }),
      );
    }
    for (const sentinel of this.sentinels) {
      // They tell each other every two seconds otherwise, and look at their servers every ten.
      await command(sentinel, ['SENTINEL', 'DEBUG', 'publish-period', '100', 'info-period', '200']);
    }
    for (const sentinel of this.sentinels) {
      await until('the Sentinels know each other and the replica', async () => {
        const facts = await command<string[]>(sentinel, ['SENTINEL', 'MASTER', MASTER_NAME]);
        const fact = (name: string) => Number(facts[facts.indexOf(name) + 1]);
        return fact('num-other-sentinels') === SENTINELS - 1 && fact('num-slaves') === 1;
      });
    }
  }
}
