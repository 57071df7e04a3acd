/** The masters of a Redis Cluster, by hash slot. */
import { type ClusterRedis, type RedisAddress } from '../../../config/redis.servers.js';
import { within } from '../redis.client.js';
import { RedisNode } from '../redis.node.js';
import { HASH_SLOTS, hashSlot } from './hash-slot.js';
import { type RedisRedirect, RedisTopology } from './redis.topology.js';
import { TopologyWatch } from './topology.watch.js';

const PERIOD_MS = 5000;
const SLOTS_TIMEOUT_MS = 1000;
const REDIRECTION = /^(MOVED|ASK) (\d+) (.+):(\d+)$/;

/**
 * One connection a master; replicas are not read. node-redis's own cluster client is not used,
 * because it does not tell which process answered a command; see RedisWork.
 */
export class ClusterTopology extends RedisTopology {
  readonly variable = 'REDIS_CLUSTER_NODES';
  readonly #watch = new TopologyWatch(() => this.#look(), PERIOD_MS);
  readonly #nodes = new Map<string, { address: RedisAddress; node: RedisNode }>();
  readonly #slots = new Array<RedisNode | undefined>(HASH_SLOTS);
  #turn = 0;
  #closed = false;

  constructor(
    private readonly servers: ClusterRedis,
    private readonly keyPrefix: string,
  ) {
    super();
  }

  get nodes(): readonly RedisNode[] {
    return [...new Set(this.#slots)].filter((node) => node !== undefined);
  }

  async open(): Promise<void> {
    await this.#watch.open();
    await Promise.all(this.nodes.map((node) => node.open()));
  }

  nodeOf(key: string): RedisNode | undefined {
    return this.#slots[hashSlot(this.keyPrefix + key)];
  }

  redirectionOf(error: unknown): RedisRedirect | undefined {
    const [, kind, slot, host, port] =
      (error instanceof Error && REDIRECTION.exec(error.message)) || [];
    if (host === undefined) return undefined;
    const node = this.#nodeAt({ host, port: Number(port) });
    // One slot has moved: the others may have as well.
    if (kind === 'MOVED') {
      this.#slots[Number(slot)] = node;
      this.suspect();
    }
    return { node, asking: kind === 'ASK' };
  }

  suspect(): void {
    this.#watch.suspect();
  }

  close(): void {
    this.#closed = true;
    this.#watch.close();
    for (const { node } of this.#nodes.values()) node.close();
    this.#nodes.clear();
  }

  /** Asks one known node after the other, and those of the configuration last. */
  async #look(): Promise<void> {
    const known = [...this.#nodes.values()].map(({ address }) => address);
    this.#turn += 1;
    // Another one first each time: one that was cut off from the cluster knows only the past.
    const inTurn = known.map((_, i) => known[(i + this.#turn) % known.length] as RedisAddress);
    let failure: unknown;
    for (const address of [...inTurn, ...this.servers.clusterNodes]) {
      try {
        await this.#learnFrom(address);
        return;
      } catch (error) {
        failure = error;
      }
    }
    throw new Error(`no node tells the slots: ${String(failure)}`);
  }

  async #learnFrom(address: RedisAddress): Promise<void> {
    const node = this.#nodeAt(address);
    const ask = node.open().then(() => node.run((client) => client.clusterSlots()));
    const ranges = await within(ask, SLOTS_TIMEOUT_MS, 'a node did not answer');
    if (this.#closed) return;
    const inUse = new Set<RedisNode>();
    this.#slots.fill(undefined);
    for (const { from, to, master } of ranges) {
      // Without a host it means itself.
      const owner = this.#nodeAt({ host: master.host || address.host, port: master.port });
      inUse.add(owner);
      this.#slots.fill(owner, from, to + 1);
    }
    for (const [name, entry] of this.#nodes) {
      if (inUse.has(entry.node)) continue;
      entry.node.close();
      this.#nodes.delete(name);
    }
  }

  /** The node at an address, connecting if it is new. */
  #nodeAt(address: RedisAddress): RedisNode {
    if (this.#closed) throw new Error('the connection is closed');
    const name = `${address.host}:${address.port}`;
    const known = this.#nodes.get(name);
    if (known !== undefined) return known.node;
    const target = { ...address, ...this.servers.access };
    const node = new RedisNode(target, this.keyPrefix, `Redis ${name}`, () => this.suspect());
    this.#nodes.set(name, { address, node });
    node.open().catch(() => undefined);
    return node;
  }
}
