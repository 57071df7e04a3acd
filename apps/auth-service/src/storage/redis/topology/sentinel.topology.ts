/** The master that Sentinels agreed on. */
import { Logger } from '@nestjs/common';
import { type RedisAddress, type SentinelRedis } from '../../../config/redis.servers.js';
import { createRedisClient, type RedisCommands, within } from '../redis.client.js';
import { RedisNode } from '../redis.node.js';
import { RedisTopology } from './redis.topology.js';
import { TopologyWatch } from './topology.watch.js';

const PERIOD_MS = 1000;
const SENTINEL_TIMEOUT_MS = 500;

/** What one Sentinel says. */
interface NamedMaster extends RedisAddress {
  /** Grows with every fail-over. */
  readonly configEpoch: number;
}

/**
 * Asks every Sentinel and believes the one that knows of the latest fail-over: one that was cut off
 * still names the old master. node-redis's own Sentinel client is not used, because it does not tell
 * which process answered a command; see RedisWork.
 */
export class SentinelTopology extends RedisTopology {
  readonly variable = 'REDIS_SENTINELS';
  readonly #logger = new Logger(SentinelTopology.name);
  readonly #watch = new TopologyWatch(() => this.#look(), PERIOD_MS);
  readonly #sentinels: readonly RedisCommands[];
  #master: (NamedMaster & { readonly node: RedisNode }) | null = null;

  constructor(
    private readonly servers: SentinelRedis,
    private readonly keyPrefix: string,
  ) {
    super();
    this.#sentinels = servers.sentinels.map((sentinel) => createRedisClient(sentinel, ''));
  }

  get nodes(): readonly RedisNode[] {
    return this.#master === null ? [] : [this.#master.node];
  }

  async open(): Promise<void> {
    for (const sentinel of this.#sentinels) {
      // A Sentinel that is down is no problem while another answers.
      sentinel.on('error', () => undefined);
      sentinel.connect().catch(() => undefined);
    }
    await this.#watch.open();
    await this.#master?.node.open();
  }

  nodeOf(): RedisNode | undefined {
    return this.#master?.node;
  }

  redirectionOf(): undefined {
    return undefined;
  }

  suspect(): void {
    this.#watch.suspect();
  }

  close(): void {
    this.#watch.close();
    for (const sentinel of this.#sentinels) if (sentinel.isOpen) sentinel.destroy();
    this.#master?.node.close();
  }

  async #look(): Promise<void> {
    const answers = await Promise.allSettled(this.#sentinels.map((one) => this.#ask(one)));
    const named = answers.flatMap((a) => (a.status === 'fulfilled' ? [a.value] : []));
    const [master] = named.sort((a, b) => b.configEpoch - a.configEpoch);
    if (master === undefined) {
      const refusal = answers.find((a) => a.status === 'rejected');
      throw new Error(`no Sentinel names a master: ${String(refusal?.reason)}`);
    }
    const { host, port, configEpoch } = master;
    // An answer that came late, from before the fail-over that is known already.
    if (this.#master !== null && configEpoch < this.#master.configEpoch) return;
    if (this.#master?.host === host && this.#master.port === port) return;
    if (this.#master !== null) this.#logger.warn(`the master of Redis is ${host}:${port} now`);
    this.#master?.node.close();
    const target = { host, port, ...this.servers.access };
    const node = new RedisNode(target, this.keyPrefix, `Redis ${host}:${port}`, () =>
      this.suspect(),
    );
    this.#master = { host, port, configEpoch, node };
    node.open().catch(() => undefined);
  }

  async #ask(sentinel: RedisCommands): Promise<NamedMaster> {
    const reply = await within(
      sentinel.sendCommand<Record<string, string>>(['SENTINEL', 'MASTER', this.servers.masterName]),
      SENTINEL_TIMEOUT_MS,
      'a Sentinel did not answer',
    );
    const { ip, port } = reply;
    if (!ip || !port) throw new Error('a Sentinel did not tell the master');
    return { host: ip, port: Number(port), configEpoch: Number(reply['config-epoch'] ?? 0) };
  }
}
