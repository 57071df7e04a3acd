/** The connection to Redis: every wait is bounded, and a Redis that is down is a 503, not a hang. */
import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { createClient } from 'redis';
import { ConfigurationError } from '../../config/configuration.error.js';
import { StartupError } from '../../config/startup.error.js';

/** Where Redis is and what is demanded of it. */
export interface RedisConnectionOptions {
  readonly url: string;
  /** Prepended to every key, so that one Redis can serve several deployments. */
  readonly keyPrefix: string;
  /** Refuses to start on a Redis that may evict keys. */
  readonly requireNoEviction: boolean;
}

const CONNECT_TIMEOUT_MS = 2000;
const COMMAND_TIMEOUT_MS = 1000;
const BOOT_TIMEOUT_MS = 10_000;
const MAX_RECONNECT_DELAY_MS = 1000;
// A connection that is silent for longer than three pings is dead and gets replaced.
const PING_INTERVAL_MS = 1000;
const SOCKET_TIMEOUT_MS = 3500;
const MAX_QUEUED_COMMANDS = 10_000;

/** A client as {@link RedisConnection} makes it. */
export type RedisCommands = ReturnType<typeof connectTo>;

/**
 * One client for the process. It reconnects by itself for as long as it lives, so that recovery
 * needs no restart; until then each command fails at once or within a second.
 */
export class RedisConnection implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(RedisConnection.name);
  private readonly client: RedisCommands;
  private down = false;
  private known: { epoch: number; runId: string } | null = null;

  constructor(private readonly options: RedisConnectionOptions) {
    this.client = connectTo(options);
    // Reported when it changes: a Redis that is down fails at every attempt to reconnect.
    this.client.on('error', (error: Error) => {
      if (!this.down) this.logger.warn(`Redis is unavailable: ${error.message}`);
      this.down = true;
    });
    this.client.on('ready', () => {
      if (this.down) this.logger.log('Redis is available again');
      this.down = false;
    });
  }

  /**
   * @throws StartupError where Redis does not answer within 10 seconds
   * @throws ConfigurationError where it may evict keys and must not
   */
  async onModuleInit(): Promise<void> {
    const connected = this.client.connect();
    // Rejected again when the connection is closed before it was ever made.
    connected.catch(() => undefined);
    try {
      await within(connected, BOOT_TIMEOUT_MS, 'no connection');
    } catch (error) {
      throw new StartupError(`Redis cannot be used (REDIS_URL): ${String(error)}`, {
        cause: error,
      });
    }
    const problem = findEvictionProblem(await this.client.info('memory').catch(() => ''));
    if (problem === null) return;
    if (this.options.requireNoEviction) throw new ConfigurationError([problem]);
    this.logger.warn(`${problem} in production: an evicted entry is a lost revocation`);
  }

  onApplicationShutdown(): void {
    if (this.client.isOpen) this.client.destroy();
  }

  /**
   * Runs commands.
   * @throws TemporarilyUnavailableError where Redis refuses, breaks off, or does not answer in time
   */
  async run<T>(commands: (client: RedisCommands) => Promise<T>): Promise<T> {
    try {
      return await within(commands(this.client), COMMAND_TIMEOUT_MS, 'Redis did not answer');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new TemporarilyUnavailableError(
        'the server cannot answer now',
        `Redis is unavailable: ${reason}`,
        undefined,
        { cause: error },
      );
    }
  }

  /** Changes whenever the connection was made anew, and so perhaps to another server. */
  get epoch(): number {
    return this.client.socketEpoch;
  }

  /**
   * The identity of the Redis process at the other end. A restart or a fail-over changes it, and
   * with it goes the certainty that the last writes survived.
   *
   * @throws TemporarilyUnavailableError where Redis cannot be reached
   */
  async runId(): Promise<string> {
    const { epoch } = this;
    if (this.known?.epoch === epoch) return this.known.runId;
    const info = await this.run((client) => client.info('server'));
    const runId = /^run_id:(\S+)/m.exec(info)?.[1];
    if (runId === undefined) throw new Error('Redis does not tell its run_id');
    // Kept only if no reconnect came in between.
    if (this.epoch === epoch) this.known = { epoch, runId };
    return runId;
  }
}

/**
 * What is wrong with Redis's eviction policy, or null.
 * @param memoryInfo the answer to `INFO memory`; a policy that it does not tell counts as wrong
 */
export function findEvictionProblem(memoryInfo: string): string | null {
  const policy = /^maxmemory_policy:([\w-]+)/m.exec(memoryInfo)?.[1] ?? 'not known';
  if (policy === 'noeviction') return null;
  return `REDIS_URL: maxmemory-policy is ${policy}, and must be noeviction`;
}

function connectTo({ url, keyPrefix }: RedisConnectionOptions) {
  return createClient({
    url,
    keyPrefix,
    name: 'keyward-auth-service',
    // A request must not wait for a Redis that may come back.
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_QUEUED_COMMANDS,
    pingInterval: PING_INTERVAL_MS,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, MAX_RECONNECT_DELAY_MS),
    },
  });
}

async function within<T>(work: Promise<T>, timeoutMs: number, problem: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${problem} within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
