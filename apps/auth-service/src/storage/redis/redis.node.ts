/** One Redis server, and which of its processes stands at the other end of the connection. */
import { Logger } from '@nestjs/common';
import { createRedisClient, type RedisCommands, type RedisTarget } from './redis.client.js';

/**
 * What is asked of Redis at one time: one command, one script or one MULTI. Whatever waits between
 * two commands may find another process after the wait than before it.
 *
 * @param runId the identity of the process that these commands reach. A restart or a fail-over
 *   changes it, and with it goes the certainty that the last writes survived.
 */
export type RedisWork<T> = (client: RedisCommands, runId: string) => Promise<T>;

/** What a node tells of itself. */
export interface ServerInfo {
  readonly runId: string;
  /** `standalone` or `cluster`. */
  readonly mode: string;
}

let connections = 0;

/** A connection that is made anew for as long as the node lives. */
export class RedisNode {
  readonly #logger = new Logger(RedisNode.name);
  readonly #client: RedisCommands;
  #opened: Promise<unknown> | null = null;
  #down = false;
  #epoch = 0;
  #known: { readonly epoch: number; readonly info: ServerInfo } | null = null;

  /**
   * @param name how the log calls it
   * @param onFailure called whenever the connection breaks or cannot be made
   */
  constructor(
    target: RedisTarget,
    keyPrefix: string,
    name = 'Redis',
    onFailure: () => void = () => undefined,
  ) {
    this.#client = createRedisClient(target, keyPrefix);
    // Reported when it changes: a Redis that is down fails at every attempt to reconnect.
    this.#client.on('error', (error: Error) => {
      if (!this.#down) this.#logger.warn(`${name} is unavailable: ${error.message}`);
      this.#down = true;
      onFailure();
    });
    this.#client.on('ready', () => {
      this.#epoch = connections += 1;
      if (this.#down) this.#logger.log(`${name} is available again`);
      this.#down = false;
    });
  }

  /** Resolves when the server answers, however long that takes; rejects when the node is closed. */
  async open(): Promise<void> {
    this.#opened ??= this.#client.connect();
    await this.#opened;
  }

  /** Bears repetition. */
  close(): void {
    // Rejected again when the connection is closed before it was ever made.
    this.#opened?.catch(() => undefined);
    if (this.#client.isOpen) this.#client.destroy();
  }

  /** Changes whenever the connection was made anew; no two nodes ever have the same. */
  get epoch(): number {
    return this.#epoch;
  }

  /**
   * Runs commands on the process whose identity they are given.
   * @param asking that they follow an ASK of a cluster, for this once
   */
  run<T>(work: RedisWork<T>, asking = false): Promise<T> {
    const known = this.#knownInfo();
    return known === undefined
      ? this.#askAndRun(work, asking)
      : this.#runOn(known.runId, work, asking);
  }

  /** @throws Error where the connection breaks, or the server does not tell */
  async info(): Promise<ServerInfo> {
    const { epoch } = this;
    const text = await this.#client.info('server');
    const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(text)?.[1];
    const runId = field('run_id');
    if (runId === undefined) throw new Error('Redis does not tell its run_id');
    const info = { runId, mode: field('redis_mode') ?? 'standalone' };
    // Kept only if no reconnect came in between.
    if (this.epoch === epoch) this.#known = { epoch, info };
    return info;
  }

  async #askAndRun<T>(work: RedisWork<T>, asking: boolean): Promise<T> {
    const { runId } = await this.info();
    if (this.#knownInfo()?.runId !== runId) throw new Error('the connection was made anew');
    return this.#runOn(runId, work, asking);
  }

  #runOn<T>(runId: string, work: RedisWork<T>, asking: boolean): Promise<T> {
    // Written together with the first of the commands, which it is for.
    if (asking) this.#client.sendCommand(['ASKING']).catch(() => undefined);
    return work(this.#client, runId);
  }

  #knownInfo(): ServerInfo | undefined {
    return this.#known?.epoch === this.#epoch ? this.#known.info : undefined;
  }
}
