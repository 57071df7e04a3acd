/** The deployment as processes: two auth-services behind a proxy, orders-service, PostgreSQL and Redis. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  createTestDatabase,
  RedisTestServer,
  type TestDatabase,
} from '@keyward/auth-service/testing';
import { type AppProcess } from '../support/app-process.js';
import { startAuthService } from '../support/auth-service.js';
import { freeLoopbackPort } from '../support/free-loopback-port.js';
import { startOrdersService } from '../support/orders-service.js';
import { startPaymentsService } from '../support/payments-service.js';
import { startStorefront } from '../support/storefront.js';
import { BalancingProxy } from './balancing.proxy.js';
import { Topology } from './topology.js';

const BOOTSTRAP_FILE = fileURLToPath(new URL('../../deploy/bootstrap.json', import.meta.url));
const KEYWARD = fileURLToPath(new URL('../../apps/auth-service/dist/cli.js', import.meta.url));
const DRAIN_MS = 1500;
/** Several processes start here, on a machine that may have other work. */
const START_LIMIT_MS = 90_000;

type Start = () => Promise<AppProcess>;

export class ProcessTopology extends Topology {
  readonly name = 'processes';
  readonly #processes = new Map<string, { running: AppProcess; readonly start: Start }>();
  #directory = '';
  #database: TestDatabase | undefined;
  #redis: RedisTestServer | undefined;
  #proxy: BalancingProxy | undefined;
  #secrets: ReadonlyMap<string, string> = new Map();

  static async start(): Promise<ProcessTopology> {
    const topology = new ProcessTopology();
    try {
      await topology.#start();
    } catch (error) {
      await topology.stop();
      throw error;
    }
    return topology;
  }

  get issuer(): string {
    return this.#proxy?.url ?? '';
  }

  get orders(): string {
    return this.#url('orders-service');
  }

  get payments(): string {
    return this.#url('payments-service');
  }

  get storefront(): string {
    return this.#url('storefront');
  }

  get services(): readonly string[] {
    return [...this.#processes.keys()];
  }

  async authServiceLog(): Promise<string> {
    const replicas = [...this.#processes].filter(([name]) => name.startsWith('auth-service'));
    return replicas.map(([, { running }]) => running.output).join('');
  }

  protected secret(name: string): string {
    const value = this.#secrets.get(name);
    if (value === undefined) throw new Error(`deploy/bootstrap.json has no ${name}`);
    return value;
  }

  async restart(service: string): Promise<void> {
    const part = this.#processes.get(service);
    if (part === undefined) throw new Error(`there is no ${service}`);
    const { code } = await part.running.stop();
    if (code !== 0) throw new Error(`${service} ended by ${code}:\n${part.running.output}`);
    part.running = await part.start();
    if (service.startsWith('auth-service')) await this.#proxy?.knows(part.running.url, true);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#processes.values()].map(({ running }) => running.stop()));
    await this.#proxy?.close();
    await this.#redis?.stop();
    await this.#database?.drop();
    await rm(this.#directory, { recursive: true });
  }

  async #start(): Promise<void> {
    this.#directory = await mkdtemp(join(tmpdir(), 'keyward-topology-'));
    this.#secrets = await declaredSecrets();
    this.#database = await createTestDatabase();
    this.#redis = await RedisTestServer.start(this.#directory);
    const ports = [await freeLoopbackPort(), await freeLoopbackPort()];
    const replicas = ports.map((port) => `http://127.0.0.1:${port}`);
    this.#proxy = await BalancingProxy.listen(0, replicas);
    const [orders, payments] = [await freeLoopbackPort(), await freeLoopbackPort()];
    const storefront = await freeLoopbackPort();
    const shared = {
      ...this.#sharedEnvironment(),
      ORDERS_AUDIENCE: `http://127.0.0.1:${orders}`,
      PAYMENTS_AUDIENCE: `http://127.0.0.1:${payments}`,
      STOREFRONT_URL: `http://127.0.0.1:${storefront}`,
      STOREFRONT_APPLICATION_TYPE: 'native',
    };
    await promisify(execFile)(process.execPath, [KEYWARD, 'migrate'], {
      env: { PATH: process.env['PATH'], DATABASE_URL: this.#database?.url ?? '' },
    });
    for (const [index, port] of ports.entries()) {
      const start = () => startAuthService({ ...shared, AUTH_PORT: String(port) }, START_LIMIT_MS);
      await this.#add(`auth-service-${index + 1}`, start);
      await this.#proxy.knows(replicas[index] ?? '', true);
    }
    await this.#add('payments-service', () => this.#startPayments(payments));
    await this.#add('orders-service', () => this.#startOrders(orders));
    await this.#add('storefront', () => this.#startStorefront(storefront));
  }

  #startOrders(port: number): Promise<AppProcess> {
    return startOrdersService({
      ORDERS_PORT: String(port),
      ORDERS_ISSUER: this.issuer,
      ORDERS_FILE: join(this.#directory, 'orders.json'),
      ORDERS_DEMO_CUSTOMER: this.reader.id,
      ORDERS_CLIENT_SECRET: this.ordersClient.secret,
      ORDERS_PAYMENTS_URL: this.payments,
    });
  }

  #startPayments(port: number): Promise<AppProcess> {
    return startPaymentsService({
      PAYMENTS_PORT: String(port),
      PAYMENTS_ISSUER: this.issuer,
      PAYMENTS_FILE: join(this.#directory, 'payments.jsonl'),
      PAYMENTS_CLIENT_SECRET: this.secret('KEYWARD_PAYMENTS_SERVICE_SECRET'),
    });
  }

  #startStorefront(port: number): Promise<AppProcess> {
    return startStorefront(String(port), {
      STOREFRONT_URL: `http://127.0.0.1:${port}`,
      STOREFRONT_ISSUER: this.issuer,
      STOREFRONT_CLIENT_SECRET: this.secret('KEYWARD_STOREFRONT_SECRET'),
      STOREFRONT_SCOPE: 'openid profile orders:read orders:write payments:write',
      STOREFRONT_ORDERS_URL: this.orders,
      STOREFRONT_ORDERS_AUDIENCE: this.orders,
    });
  }

  async #add(name: string, start: Start): Promise<void> {
    this.#processes.set(name, { running: await start(), start });
  }

  #url(name: string): string {
    return this.#processes.get(name)?.running.url ?? '';
  }

  #sharedEnvironment(): Record<string, string> {
    const key = () => randomBytes(32).toString('base64url');
    return {
      NODE_ENV: 'production',
      AUTH_ISSUER: this.issuer,
      AUTH_INSECURE_HTTP_ISSUER: 'true',
      AUTH_TRUSTED_PROXIES: '127.0.0.1',
      AUTH_MIGRATIONS: 'require',
      AUTH_DRAIN_MS: String(DRAIN_MS),
      AUTH_KEY_ENCRYPTION_KEY: key(),
      AUTH_REFRESH_TOKEN_KEYS: `1:${key()}`,
      AUTH_BOOTSTRAP_FILE: BOOTSTRAP_FILE,
      DATABASE_URL: this.#database?.url ?? '',
      REDIS_URL: this.#redis?.url ?? '',
      ...Object.fromEntries(this.#secrets),
    };
  }
}

/** A value for each secret that deploy/bootstrap.json asks the environment for. */
async function declaredSecrets(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(BOOTSTRAP_FILE, 'utf8');
  const names = [...text.matchAll(/"env": "([A-Z_]+)"/g)].map(([, name = '']) => name);
  const value = () => `kws_${randomBytes(32).toString('base64url')}`;
  return new Map(names.map((name) => [name, value()]));
}
