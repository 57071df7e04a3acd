/** One server, which is always the one. */
import { type StandaloneRedis } from '../../../config/redis.servers.js';
import { ConfigurationError } from '../../../config/configuration.error.js';
import { RedisNode } from '../redis.node.js';
import { RedisTopology } from './redis.topology.js';

/** @see StandaloneRedis */
export class StandaloneTopology extends RedisTopology {
  readonly variable = 'REDIS_URL';
  readonly #node: RedisNode;

  constructor(servers: StandaloneRedis, keyPrefix: string) {
    super();
    this.#node = new RedisNode(servers, keyPrefix);
  }

  get nodes(): readonly RedisNode[] {
    return [this.#node];
  }

  /** @throws ConfigurationError where the server is one of a cluster, and would refuse most keys */
  async open(): Promise<void> {
    await this.#node.open();
    const { mode } = await this.#node.info();
    if (mode !== 'cluster') return;
    throw new ConfigurationError(['REDIS_URL names a cluster, which REDIS_CLUSTER_NODES is for']);
  }

  nodeOf(): RedisNode {
    return this.#node;
  }

  redirectionOf(): undefined {
    return undefined;
  }

  suspect(): void {
    // It reconnects by itself.
  }

  close(): void {
    this.#node.close();
  }
}
