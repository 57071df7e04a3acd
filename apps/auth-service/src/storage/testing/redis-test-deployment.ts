/** A Redis of several processes, in a directory of its own, and what every such deployment can do. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import { RedisTestServer, type RedisTestServerOptions } from './redis-test-server.js';

const SETTLE_TIMEOUT_MS = 15_000;

/** The processes of one deployment, which end together. */
export abstract class RedisTestDeployment {
  /** Every server of data, living or dead, master or replica. */
  readonly servers: RedisTestServer[] = [];
  readonly #others: RedisTestServer[] = [];
  readonly #options = new Map<RedisTestServer, RedisTestServerOptions>();
  protected readonly directory = mkdtempSync(join(tmpdir(), 'keyward-redis-'));

  /**
   * The living master of a key.
   * @param key with its prefix
   */
  abstract masterOf(key: string): Promise<RedisTestServer>;

  /** Kills every server and removes what they kept. Bears repetition. */
  async stop(): Promise<void> {
    await Promise.all([...this.servers, ...this.#others].map((server) => server.kill()));
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Removes every key of every master. */
  async flush(): Promise<void> {
    await Promise.all(
      this.servers.map((server) =>
        // A replica refuses, and gets it from its master; a dead one has nothing.
        command(server, ['FLUSHALL']).catch(() => undefined),
      ),
    );
  }

  /** Starts a server that was killed again, as it was started the first time, with no data. */
  async restart(dead: RedisTestServer): Promise<RedisTestServer> {
    const options = this.#options.get(dead);
    if (options === undefined) throw new Error('not a server of this deployment');
    this.servers.splice(this.servers.indexOf(dead), 1);
    return this.startServer({ ...options, port: dead.port });
  }

  protected async startServer(options: RedisTestServerOptions): Promise<RedisTestServer> {
    const server = await RedisTestServer.start(this.directory, options);
    this.#options.set(server, options);
    (options.sentinel ? this.#others : this.servers).push(server);
    return server;
  }
}

/** The reply of one command to one server. */
export async function command<T = string>({ url }: RedisTestServer, args: string[]): Promise<T> {
  const client = createClient({ url, RESP: 2, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.sendCommand(args)) as T;
  } finally {
    client.destroy();
  }
}

/** @throws Error where `condition` does not become true in 15 seconds */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`in 15 seconds it did not happen that ${what}`);
    await sleep(20);
  }
}
