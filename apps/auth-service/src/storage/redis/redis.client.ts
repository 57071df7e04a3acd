/** A node-redis client whose every wait is bounded. */
import { createClient } from 'redis';
import {
  type RedisAccess,
  type RedisAddress,
  type StandaloneRedis,
} from '../../config/redis.servers.js';

/** One server: by its connection string, or by its address and how to sign in there. */
export type RedisTarget = StandaloneRedis | (RedisAddress & RedisAccess);

/** A connection to one server, with all its commands. */
export type RedisCommands = ReturnType<typeof createRedisClient>;

/** How long any command may take. */
export const COMMAND_TIMEOUT_MS = 1000;

const CONNECT_TIMEOUT_MS = 2000;
const MAX_RECONNECT_DELAY_MS = 1000;
// A connection that is silent for longer than three pings is dead and gets replaced.
const PING_INTERVAL_MS = 1000;
const SOCKET_TIMEOUT_MS = 3500;
const MAX_QUEUED_COMMANDS = 10_000;

/**
 * A client that is not connected yet. It reconnects by itself for as long as it lives.
 * @param keyPrefix prepended to every key
 */
export function createRedisClient(target: RedisTarget, keyPrefix: string) {
  const limits = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    reconnectStrategy: (retries: number) => Math.min(50 * 2 ** retries, MAX_RECONNECT_DELAY_MS),
  };
  const options = {
    keyPrefix,
    name: 'keyward-auth-service',
    // A request must not wait for a Redis that may come back.
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_QUEUED_COMMANDS,
    pingInterval: PING_INTERVAL_MS,
    // node-redis would make an AbortSignal for each command; whoever waits has a limit of its own.
    commandOptions: { timeout: 0 },
  };
  if ('url' in target) return createClient({ ...options, url: target.url, socket: limits });
  const { host, port, username, password, tls } = target;
  return createClient({
    ...options,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    socket: tls ? { ...limits, host, port, tls: true } : { ...limits, host, port },
  });
}

/**
 * The outcome of `work`, or a rejection when the time is up; the work itself goes on.
 * @param problem what to say then
 */
export function within<T>(work: Promise<T>, timeoutMs: number, problem: string): Promise<T> {
  // Not Promise.race and finally: those make four promises more, for every command.
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${problem} within ${timeoutMs} ms`)),
      timeoutMs,
    );
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error as Error);
      },
    );
  });
}
