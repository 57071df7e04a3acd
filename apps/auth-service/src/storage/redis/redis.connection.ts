/** The connection to Redis: every wait is bounded, and a Redis that is down is a 503, not a hang. */
import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { ConfigurationError } from '../../config/configuration.error.js';
import { type RedisServers } from '../../config/redis.servers.js';
import { StartupError } from '../../config/startup.error.js';
import { COMMAND_TIMEOUT_MS, within } from './redis.client.js';
import { type RedisNode, type RedisWork } from './redis.node.js';
import { ClusterTopology } from './topology/cluster.topology.js';
import { type RedisTopology } from './topology/redis.topology.js';
import { SentinelTopology } from './topology/sentinel.topology.js';
import { StandaloneTopology } from './topology/standalone.topology.js';

/** Where Redis is and what is demanded of it. */
export type RedisConnectionOptions = RedisServers & {
  /** Prepended to every key, so that one Redis can serve several deployments. */
  readonly keyPrefix: string;
  /** Refuses to start on a Redis that may evict keys. */
  readonly requireNoEviction: boolean;
  /** How long the start waits for it, in milliseconds. Default: 10,000. */
  readonly startTimeoutMs?: number;
};

const START_TIMEOUT_MS = 10_000;
const PATIENCE_MS = 1000;
const MAX_REDIRECTIONS = 2;

/**
 * One connection a master. It is made anew by itself for as long as the process lives, and follows a
 * fail-over, so that recovery needs no restart; until then each command fails at once or within a second.
 */
export class RedisConnection implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(RedisConnection.name);
  private readonly topology: RedisTopology;

  constructor(private readonly options: RedisConnectionOptions) {
    this.topology = topologyOf(options);
  }

  /**
   * @throws StartupError where Redis does not answer in time
   * @throws ConfigurationError where it may evict keys and must not, or is run in another way
   */
  async onModuleInit(): Promise<void> {
    const { variable } = this.topology;
    const { startTimeoutMs = START_TIMEOUT_MS } = this.options;
    const waiting = setTimeout(
      () => this.logger.warn(`waiting for Redis (${variable}), for ${startTimeoutMs} ms at most`),
      PATIENCE_MS,
    );
    try {
      await within(this.topology.open(), startTimeoutMs, 'no connection');
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      throw new StartupError(`Redis cannot be used (${variable}): ${String(error)}`, {
        cause: error,
      });
    } finally {
      clearTimeout(waiting);
    }
    const memories = await Promise.all(
      this.topology.nodes.map((node) => node.run((c) => c.info('memory')).catch(() => '')),
    );
    const problem = memories.map((memory) => findEvictionProblem(memory, variable)).find(Boolean);
    if (!problem) return;
    if (this.options.requireNoEviction) throw new ConfigurationError([problem]);
    this.logger.warn(`${problem} in production: an evicted entry is a lost revocation`);
  }

  onApplicationShutdown(): void {
    this.topology.close();
  }

  /**
   * Runs commands on the master that serves `key`. Every key that they name has the same hash tag.
   * They run a second time where a cluster answers that the key is elsewhere, and so did nothing.
   *
   * @param work one command, one script or one MULTI; see {@link RedisWork}
   * @throws TemporarilyUnavailableError where Redis refuses, breaks off, or does not answer in time
   */
  run<T>(key: string, work: RedisWork<T>): Promise<T> {
    return this.bounded(() => this.attempt(this.topology.nodeOf(key), work));
  }

  /**
   * Whether any master answers: where one of several is down, most requests can be served.
   * @throws TemporarilyUnavailableError where none does
   */
  async ping(): Promise<void> {
    const { nodes } = this.topology;
    await this.bounded(() => Promise.any(nodes.map((node) => node.run((c) => c.ping()))));
  }

  /** Every master that is known now, for whoever has to visit all keys. */
  get masters(): readonly RedisNode[] {
    return this.topology.nodes;
  }

  /** Changes whenever the connection to any master was made anew, and when there are other masters. */
  get epochs(): string {
    return this.topology.nodes.map(({ epoch }) => epoch).join();
  }

  private async bounded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await within(work(), COMMAND_TIMEOUT_MS, 'Redis did not answer');
    } catch (error) {
      this.topology.suspect();
      const reason = error instanceof Error ? error.message : String(error);
      throw new TemporarilyUnavailableError(
        'the server cannot answer now',
        `Redis is unavailable: ${reason}`,
        undefined,
        { cause: error },
      );
    }
  }

  private async attempt<T>(first: RedisNode | undefined, work: RedisWork<T>): Promise<T> {
    let node = first;
    let asking = false;
    for (let redirections = 0; ; redirections += 1) {
      if (node === undefined) throw new Error('no master is known');
      try {
        return await node.run(work, asking);
      } catch (error) {
        const redirection = this.topology.redirectionOf(error);
        if (redirection === undefined || redirections === MAX_REDIRECTIONS) throw error;
        ({ node, asking } = redirection);
        await node.open();
      }
    }
  }
}

/**
 * What is wrong with Redis's eviction policy, or null.
 * @param memoryInfo the answer to `INFO memory`; a policy that it does not tell counts as wrong
 * @param variable by which the operator named the server
 */
export function findEvictionProblem(memoryInfo: string, variable = 'REDIS_URL'): string | null {
  const policy = /^maxmemory_policy:([\w-]+)/m.exec(memoryInfo)?.[1] ?? 'not known';
  if (policy === 'noeviction') return null;
  return `${variable}: maxmemory-policy is ${policy}, and must be noeviction`;
}

function topologyOf(options: RedisConnectionOptions): RedisTopology {
  if ('url' in options) return new StandaloneTopology(options, options.keyPrefix);
  if ('sentinels' in options) return new SentinelTopology(options, options.keyPrefix);
  return new ClusterTopology(options, options.keyPrefix);
}
