/** The master that Sentinels agreed on. */
import { Logger } from '@nestjs/common';
import { ConfigurationError } from '../../../config/configuration.error.js';
import { type SentinelRedis } from '../../../config/redis.servers.js';
import { RedisNode } from '../redis.node.js';
import { RedisTopology } from './redis.topology.js';
import { type NamedMaster, Sentinel } from './sentinel.js';
import { TopologyWatch } from './topology.watch.js';

const PERIOD_MS = 1000;

/**
 * Asks every Sentinel and believes the one that knows of the latest fail-over: one that was cut off
 * still names the old master. node-redis's own Sentinel client is not used, because it does not tell
 * which process answered a command; see RedisWork.
 */
export class SentinelTopology extends RedisTopology {
  readonly variable = 'REDIS_SENTINELS';
  readonly #logger = new Logger(SentinelTopology.name);
  readonly #watch = new TopologyWatch(() => this.#look(), PERIOD_MS);
  readonly #sentinels: readonly Sentinel[];
  #closed = false;
  #master: (NamedMaster & { readonly node: RedisNode }) | null = null;

  constructor(
    private readonly servers: SentinelRedis,
    private readonly keyPrefix: string,
  ) {
    super();
    this.#sentinels = servers.sentinels.map((sentinel) => new Sentinel(sentinel));
  }

  get nodes(): readonly RedisNode[] {
    return this.#master === null ? [] : [this.#master.node];
  }

  async open(): Promise<void> {
    await this.#watch.open();
    // A fail-over in the meantime closes the node that was waited for.
    for (let waitedFor = this.#master; ; waitedFor = this.#master) {
      const failure = await waitedFor?.node.open().catch((error: unknown) => ({ error }));
      if (!failure) return;
      if (waitedFor === this.#master) throw failure.error;
    }
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
    this.#closed = true;
    this.#watch.close();
    for (const sentinel of this.#sentinels) sentinel.close();
    this.#master?.node.close();
  }

  async #look(): Promise<void> {
    const { masterName } = this.servers;
    const answers = await Promise.allSettled(this.#sentinels.map((one) => one.master(masterName)));
    if (this.#closed) return;
    const named = answers.flatMap((a) => (a.status === 'fulfilled' ? [a.value] : []));
    const [master] = named.sort((a, b) => b.configEpoch - a.configEpoch);
    if (master === undefined) {
      const reasons = answers.map((a) => (a.status === 'rejected' ? String(a.reason) : ''));
      const problem = `no Sentinel names a master: ${reasons.join('; ')}`;
      if (reasons.every((reason) => !reason.includes('No such master'))) throw new Error(problem);
      throw new ConfigurationError([`REDIS_SENTINEL_NAME is unknown: ${problem}`]);
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
}
