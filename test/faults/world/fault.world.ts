/** What faults happen to: PostgreSQL and Redis behind proxies, two auth-services, three resource servers. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  EmbeddedPostgresServer,
  FaultProxy,
  freeLoopbackPort,
  RedisTestServer,
  type RedisTestServerOptions,
  removeDataDirectory,
} from '@keyward/auth-service/testing';
import { AppProcess } from '../../support/app-process.js';
import { startAuthService } from '../../support/auth-service.js';
import { type SeededGrant, seedGrants } from '../../storm/refresh-token.seed.js';
import {
  bootstrapDocument,
  REFRESHING_CLIENTS,
  RESOURCE,
  SCOPE,
  SERVICE_CLIENT,
} from './bootstrap.document.js';
import { IssuerProxy } from './issuer.proxy.js';

const PROGRAM = fileURLToPath(new URL('resource-servers.program.ts', import.meta.url));
const CLOCK = new URL('shifted.clock.mjs', import.meta.url).href;
const POLICIES = ['accept', 'introspect', 'reject'] as const;
const REPLICAS = 2;
const START_LIMIT_MS = 90_000;
const APPEND_ONLY = { appendonly: 'yes', appendfsync: 'everysec', 'aof-load-truncated': 'yes' };

/** How old the last word of the feed may be at the resource servers; a heartbeat comes every 5 seconds. */
export const MAX_STALENESS_SECONDS = 8;

/** What a resource server does while the feed is silent. */
export type Policy = (typeof POLICIES)[number];

/** Started by {@link FaultWorld.start}; every part can be killed and started again. */
export class FaultWorld {
  readonly secret = `kws_${randomBytes(32).toString('base64url')}`;
  readonly password = randomBytes(18).toString('base64url');
  readonly replicas: AppProcess[] = [];
  readonly resourceUrls = new Map<Policy, string>();
  readonly #refreshKey = randomBytes(32);
  readonly #keyEncryptionKey = randomBytes(32);
  readonly #redisPassword = randomBytes(18).toString('base64url');
  readonly #directory = mkdtempSync(join(tmpdir(), 'keyward-faults-'));
  readonly #ports: number[] = [];
  readonly #setAside = new Set<string>();
  /** Of replicas that have ended. */
  #pastOutput = '';
  #resources: AppProcess | null = null;
  #postgres: EmbeddedPostgresServer | null = null;
  #redis: RedisTestServer | null = null;
  #proxies: { redis: FaultProxy; postgres: FaultProxy; issuer: FaultProxy } | null = null;
  #issuerProxy: IssuerProxy | null = null;

  private constructor() {
    // Where root runs this, the user of the embedded PostgreSQL has to pass.
    chmodSync(this.#directory, 0o711);
  }

  static async start(): Promise<FaultWorld> {
    const world = new FaultWorld();
    try {
      await world.#start();
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }

  /** Bears repetition. */
  async stop(): Promise<void> {
    await this.#resources?.kill();
    await Promise.all(this.replicas.map((replica) => replica.kill()));
    await this.#issuerProxy?.close();
    const { redis, postgres, issuer } = this.#proxies ?? {};
    for (const proxy of [redis, postgres, issuer]) await proxy?.close();
    this.#issuerProxy = null;
    this.#proxies = null;
    await this.#redis?.kill();
    await this.#postgres?.stop();
    await removeDataDirectory(join(this.#directory, 'postgres'));
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Origin of the first replica, which is what both call themselves. */
  get issuer(): string {
    return `http://127.0.0.1:${this.#ports[0]}`;
  }

  /** Origins of the replicas, of those that are dead too, but not of any that was set aside. */
  get origins(): readonly string[] {
    const all = this.#ports.map((port) => `http://127.0.0.1:${port}`);
    return all.filter((origin) => !this.#setAside.has(origin));
  }

  /** From now on nobody is sent to a replica, as a proxy does that was told that it is not ready. */
  setAside(index: number): void {
    this.#setAside.add(this.replicas[index]?.url ?? '');
  }

  /** The network: between auth-service and its stores, and between resource servers and their issuer. */
  get network(): { redis: FaultProxy; postgres: FaultProxy; issuer: FaultProxy } {
    return this.#proxies ?? notRunning();
  }

  /** What the resource servers hear from their issuer. */
  get issuerProxy(): IssuerProxy {
    return this.#issuerProxy ?? notRunning();
  }

  /** The Redis that serves now. */
  get redis(): RedisTestServer {
    return this.#redis ?? notRunning();
  }

  /** PostgreSQL itself, past the network. */
  get databaseUrl(): string {
    return (this.#postgres ?? notRunning()).url;
  }

  /** Where PostgreSQL keeps its files and its process id. */
  get databaseDirectory(): string {
    return join(this.#directory, 'postgres');
  }

  /** Everything that the processes wrote. */
  get output(): string {
    const processes = [...this.replicas, ...(this.#resources ? [this.#resources] : [])];
    return [this.#pastOutput, ...processes.map(({ output }) => output)].join('\n');
  }

  /** New grants with their first refresh tokens, of the clients in turn. */
  seedGrants(count: number): Promise<SeededGrant[]> {
    return seedGrants(
      { databaseUrl: this.databaseUrl, key: this.#refreshKey, resource: RESOURCE },
      Array.from({ length: count }, (_, i) => REFRESHING_CLIENTS[i % 2] ?? 'web'),
    );
  }

  /** Ends PostgreSQL in order and starts it on its data again. */
  async restartPostgres(pauseMs: number): Promise<void> {
    const port = Number(new URL(this.databaseUrl).port);
    await this.#postgres?.stop();
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    await this.#startPostgres(port);
  }

  /** A further Redis that keeps an append-only file, not in service yet. */
  newRedis(config: RedisTestServerOptions['config'] = {}): Promise<RedisTestServer> {
    return this.#startRedis(mkdtempSync(join(this.#directory, 'redis-')), { config });
  }

  /** The same Redis on the same data, `pauseMs` after it was killed. */
  async restartRedis(pauseMs: number): Promise<void> {
    const { directory, port } = this.redis;
    await this.redis.kill();
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    this.#redis = await this.#startRedis(directory, { port });
  }

  /** Puts another Redis into service and kills the one before. */
  async replaceRedis(other: RedisTestServer): Promise<void> {
    await this.redis.kill();
    this.#redis = other;
    this.network.redis.retarget(other.url);
  }

  /** Starts a replica anew, at its address; from then on requests are sent to it. */
  async startReplica(index: number): Promise<void> {
    this.#pastOutput += this.replicas[index]?.output ?? '';
    this.replicas[index] = await startAuthService(this.#environment(index), START_LIMIT_MS);
    this.#setAside.delete(this.replicas[index].url);
  }

  /** Moves the clock of a replica (0, 1) or of the resource servers, as JavaScript sees it. */
  shiftClock(whose: 'resource servers' | number, shiftMs: number): void {
    const target = whose === 'resource servers' ? this.#resources : this.replicas[whose];
    const file = whose === 'resource servers' ? 'resource' : `replica-${whose}`;
    writeFileSync(join(this.#directory, `clock-${file}`), String(shiftMs));
    process.kill((target ?? notRunning()).pid, 'SIGUSR2');
  }

  async #start(): Promise<void> {
    await this.#startPostgres();
    this.#redis = await this.newRedis();
    for (let n = 0; n < REPLICAS; n += 1) this.#ports.push(await freeLoopbackPort());
    this.#issuerProxy = await IssuerProxy.to(() => this.issuer);
    this.#proxies = {
      redis: await FaultProxy.to(this.#redis.url),
      postgres: await FaultProxy.to(this.databaseUrl),
      issuer: await FaultProxy.to(this.#issuerProxy.url),
    };
    writeFileSync(this.#bootstrapFile, JSON.stringify(bootstrapDocument(this.issuer)));
    for (let n = 0; n < REPLICAS; n += 1) await this.startReplica(n);
    await this.#startResourceServers();
  }

  get #bootstrapFile(): string {
    return join(this.#directory, 'bootstrap.json');
  }

  #environment(index: number): Record<string, string> {
    return {
      NODE_ENV: 'production',
      ...this.#clock(`replica-${index}`),
      AUTH_PORT: String(this.#ports[index]),
      AUTH_ISSUER: this.issuer,
      AUTH_INSECURE_HTTP_ISSUER: 'true',
      AUTH_BOOTSTRAP_FILE: this.#bootstrapFile,
      AUTH_REFRESH_TOKEN_KEYS: `1:${this.#refreshKey.toString('base64url')}`,
      AUTH_KEY_ENCRYPTION_KEY: this.#keyEncryptionKey.toString('base64url'),
      AUTH_JWKS_MAX_AGE_SECONDS: '1',
      AUTH_JWKS_MIN_FRESH_SECONDS: '1',
      AUTH_DRAIN_MS: '1000',
      DATABASE_URL: this.network.postgres.url,
      REDIS_URL: this.network.redis.url,
      FAULTS_SECRET: this.secret,
      FAULTS_PASSWORD: this.password,
    };
  }

  #clock(whose: string): Record<string, string> {
    return {
      NODE_OPTIONS: `--import=${CLOCK}`,
      FAULT_CLOCK_FILE: join(this.#directory, `clock-${whose}`),
    };
  }

  async #startResourceServers(): Promise<void> {
    const ports: Record<string, number> = {};
    for (const policy of POLICIES) {
      ports[policy] = await freeLoopbackPort();
      this.resourceUrls.set(policy, `http://127.0.0.1:${ports[policy]}`);
    }
    this.#resources = await AppProcess.start({
      args: ['--conditions=@keyward/source', '--import=@swc-node/register/esm-register', PROGRAM],
      env: {
        ...this.#clock('resource'),
        PORTS: JSON.stringify(ports),
        ISSUER: this.issuer,
        VIA: this.network.issuer.url.replace(/\/$/, ''),
        AUDIENCE: RESOURCE,
        SCOPE,
        CLIENT_ID: SERVICE_CLIENT,
        CLIENT_SECRET: this.secret,
        MAX_STALENESS_SECONDS: String(MAX_STALENESS_SECONDS),
      },
      // The last one that is started.
      url: this.resourceUrls.get('reject') ?? '',
      readyPath: '/ready',
      readyWithinMs: START_LIMIT_MS,
    });
  }

  async #startPostgres(port?: number): Promise<void> {
    this.#postgres = await EmbeddedPostgresServer.start({
      directory: this.databaseDirectory,
      unsafeWithoutFsync: true,
      ...(port !== undefined && { port }),
    });
  }

  #startRedis(directory: string, options: RedisTestServerOptions): Promise<RedisTestServer> {
    return RedisTestServer.start(directory, {
      password: this.#redisPassword,
      outlivesFileSizeLimit: true,
      ...options,
      config: { ...APPEND_ONLY, masterauth: this.#redisPassword, ...options.config },
    });
  }
}

function notRunning(): never {
  throw new Error('the world is not running');
}
