/** What a storm rages in: PostgreSQL, Redis behind a proxy, two processes of auth-service. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EmbeddedPostgresServer,
  FaultProxy,
  RedisTestServer,
  type RedisTestServerOptions,
  removeDataDirectory,
} from '@keyward/auth-service/testing';
import { type AppProcess } from '../support/app-process.js';
import { startAuthService } from '../support/auth-service.js';
import { freeLoopbackPort } from '../support/free-loopback-port.js';

/** The resource that every grant is for. */
export const RESOURCE = 'https://orders.example.com';

/** The clients: a public one of an installed application, and one with a secret. */
export const CLIENTS = ['native', 'web'] as const;

const PROCESSES = 2;
const SECRET = 'storm-secret-storm-secret-storm-secret';
const PASSWORD = 'storm';
const EXPLANATION_LENGTH = 1500;
// Every write is on the disk within a second, and what a crash left of the last one is cut off.
const APPEND_ONLY = { appendonly: 'yes', appendfsync: 'everysec', 'aof-load-truncated': 'yes' };

/** Started by {@link StormWorld.start}; every part can be killed and started again. */
export class StormWorld {
  readonly refreshKey = randomBytes(32);
  readonly authServices: AppProcess[] = [];
  /** Of processes that were killed. */
  #pastOutput = '';
  readonly #directory = mkdtempSync(join(tmpdir(), 'keyward-storm-'));
  readonly #ports: string[] = [];
  #postgres: EmbeddedPostgresServer | null = null;
  #redis: RedisTestServer | null = null;
  #proxy: FaultProxy | null = null;

  private constructor() {
    // Where root runs the storm, the user of the embedded PostgreSQL has to pass.
    chmodSync(this.#directory, 0o711);
  }

  static async start(): Promise<StormWorld> {
    const world = new StormWorld();
    try {
      await world.startPostgres();
      world.#redis = await world.newRedis();
      world.#proxy = await FaultProxy.to(world.#redis.url);
      const processes = Array.from({ length: PROCESSES }, (_, index) => index);
      for (const index of processes) world.#ports[index] = String(await freeLoopbackPort());
      for (const index of processes) await world.startAuthService(index);
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }

  /** Bears repetition. */
  async stop(): Promise<void> {
    await Promise.all(this.authServices.map((app) => app.kill()));
    await this.#proxy?.close();
    this.#proxy = null;
    await this.#redis?.kill();
    await this.#postgres?.stop();
    await removeDataDirectory(join(this.#directory, 'postgres'));
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  get databaseUrl(): string {
    if (this.#postgres === null) throw new Error('PostgreSQL is not running');
    return this.#postgres.url;
  }

  /** What stands between auth-service and Redis. */
  get proxy(): FaultProxy {
    if (this.#proxy === null) throw new Error('the world is not running');
    return this.#proxy;
  }

  /** The Redis that serves now. */
  get redis(): RedisTestServer {
    if (this.#redis === null) throw new Error('Redis is not running');
    return this.#redis;
  }

  /** What auth-service said of an error that it gave this reference. */
  explanationOf(reference: string): string {
    const output = [this.#pastOutput, ...this.authServices.map((app) => app.output)].join('\n');
    const at = output.indexOf(reference);
    // Copied: a slice would keep all of the output in memory, once for each explanation.
    return at === -1
      ? 'nothing was logged'
      : Buffer.from(output.slice(at, at + EXPLANATION_LENGTH)).toString();
  }

  /** The form of a request in which a client says who it is. */
  authenticated(clientId: string, form: Record<string, string>): RequestInit {
    const basic = `Basic ${Buffer.from(`${clientId}:${SECRET}`).toString('base64')}`;
    return {
      method: 'POST',
      headers: clientId === 'web' ? { authorization: basic } : {},
      body: new URLSearchParams(clientId === 'web' ? form : { ...form, client_id: clientId }),
    };
  }

  /** Ends PostgreSQL in order and starts it on its data again. */
  async restartPostgres(pauseMs: number): Promise<void> {
    const port = Number(new URL(this.databaseUrl).port);
    await this.#postgres?.stop();
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    await this.startPostgres(port);
  }

  /** A further Redis that keeps an append-only file, not in service yet. */
  newRedis(options: RedisTestServerOptions = {}): Promise<RedisTestServer> {
    const directory = mkdtempSync(join(this.#directory, 'redis-'));
    return this.#startRedis(directory, options);
  }

  /** The same Redis on the same data, after it was killed and `change` was done to its directory. */
  async restartRedis(change: (directory: string) => void = () => undefined): Promise<void> {
    const { directory, port } = this.redis;
    await this.redis.kill();
    change(directory);
    this.#redis = await this.#startRedis(directory, { port });
  }

  /** Puts another Redis into service and kills the one before. */
  async replaceRedis(other: RedisTestServer): Promise<void> {
    const before = this.redis;
    await before.kill();
    this.#redis = other;
    this.proxy.retarget(other.url);
  }

  /** Kills a process at once and starts another in its place. */
  async restartAuthService(index: number): Promise<void> {
    const before = this.authServices[index];
    await before?.kill();
    this.#pastOutput += before?.output ?? '';
    await this.startAuthService(index);
  }

  private async startAuthService(index: number): Promise<void> {
    const bootstrapFile = join(this.#directory, 'bootstrap.json');
    writeFileSync(bootstrapFile, JSON.stringify(bootstrap()));
    this.authServices[index] = await startAuthService({
      AUTH_PORT: this.#ports[index] ?? '',
      AUTH_ISSUER: 'http://127.0.0.1:9',
      AUTH_INSECURE_HTTP_ISSUER: 'true',
      AUTH_BOOTSTRAP_FILE: bootstrapFile,
      AUTH_REFRESH_TOKEN_KEYS: `1:${this.refreshKey.toString('base64url')}`,
      AUTH_KEY_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64url'),
      KEYWARD_DATA_DIR: join(this.#directory, 'data'),
      DATABASE_URL: this.databaseUrl,
      REDIS_URL: this.proxy.url,
      STORM_SECRET: SECRET,
    });
  }

  private async startPostgres(port?: number): Promise<void> {
    this.#postgres = await EmbeddedPostgresServer.start({
      directory: join(this.#directory, 'postgres'),
      unsafeWithoutFsync: true,
      ...(port !== undefined && { port }),
    });
  }

  #startRedis(directory: string, options: RedisTestServerOptions): Promise<RedisTestServer> {
    return RedisTestServer.start(directory, {
      password: PASSWORD,
      ...options,
      config: { ...APPEND_ONLY, masterauth: PASSWORD, ...options.config },
    });
  }
}

function bootstrap(): object {
  const client = {
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'orders:read offline_access',
  };
  return {
    resources: [{ identifier: RESOURCE, name: 'Orders', scopes: ['orders:read'] }],
    clients: [
      {
        ...client,
        client_id: 'web',
        name: 'Web application',
        token_endpoint_auth_method: 'client_secret_basic',
        client_secret: { env: 'STORM_SECRET' },
        redirect_uris: ['https://web.example.com/callback'],
      },
      {
        ...client,
        client_id: 'native',
        name: 'Installed application',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        refresh_profile: 'native',
        redirect_uris: ['http://127.0.0.1/callback'],
      },
    ],
  };
}
