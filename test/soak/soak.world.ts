/** One auth-service and one orders-service as processes that tell how they are. */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, freeLoopbackPort } from '@keyward/auth-service/testing';
import { REVOCATIONS_READ_SCOPE } from '@keyward/oauth';

const PROBE = new URL('./soak.probe.mjs', import.meta.url).href;
/** Short, so that what lives as long as a token is in balance early in the run. */
const ACCESS_TOKEN_SECONDS = 60;

/** How a server is. */
export interface Vitals {
  readonly rss: number;
  readonly heapUsed: number;
  readonly loopDelayP99Ms: number;
}

/** What the load has to know. */
export interface SoakPlace {
  readonly issuerPort: number;
  readonly ordersPort: number;
  readonly callback: string;
  readonly secret: string;
  readonly username: string;
  readonly password: string;
}

/** A server under load. */
export class SoakedServer {
  constructor(private readonly child: ChildProcess) {}

  /** @param collect after a collection of garbage */
  async vitals(collect: boolean): Promise<Vitals> {
    const answer = once(this.child, 'message');
    this.child.send({ collect });
    return ((await answer) as [Vitals])[0];
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const end = once(this.child, 'exit');
    this.child.disconnect();
    await end;
  }
}

export class SoakWorld {
  private constructor(
    readonly place: SoakPlace,
    readonly databaseUrl: string,
    readonly servers: Readonly<Record<'auth-service' | 'orders-service', SoakedServer>>,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  /** On the PostgreSQL and the Redis that the environment names. */
  static async start(): Promise<SoakWorld> {
    const directory = mkdtempSync(join(tmpdir(), 'keyward-soak-'));
    const database = await createTestDatabase();
    const [issuerPort, ordersPort] = [await freeLoopbackPort(), await freeLoopbackPort()];
    const place = {
      ...{ issuerPort, ordersPort, callback: 'https://shop.example.com/callback' },
      ...{ secret: `kws_${randomBytes(32).toString('base64url')}`, username: 'alice' },
      password: randomBytes(12).toString('base64url'),
    };
    const issuer = `http://127.0.0.1:${issuerPort}`;
    const file = join(directory, 'bootstrap.json');
    writeFileSync(file, JSON.stringify(bootstrapOf(place)));
    const authService = await start('auth-service', `${issuer}/health/ready`, {
      ...{ AUTH_HOST: '127.0.0.1', AUTH_PORT: String(issuerPort), AUTH_ISSUER: issuer },
      ...{ AUTH_BOOTSTRAP_FILE: file, KEYWARD_DATA_DIR: directory, DATABASE_URL: database.url },
      ...{ CLIENT_SECRET: place.secret, ALICE_PASSWORD: place.password },
      AUTH_ACCESS_TOKEN_SECONDS: String(ACCESS_TOKEN_SECONDS),
      REDIS_URL: process.env['REDIS_URL'] ?? '',
      REDIS_KEY_PREFIX: `keyward-soak-${randomBytes(4).toString('hex')}:`,
    });
    const ordersService = await start('orders-service', `${audienceOf(place)}/health`, {
      ...{ ORDERS_HOST: '127.0.0.1', ORDERS_PORT: String(ordersPort), ORDERS_ISSUER: issuer },
      ...{ ORDERS_AUDIENCE: audienceOf(place), ORDERS_FILE: join(directory, 'orders.json') },
      ...{ ORDERS_CLIENT_ID: 'orders', ORDERS_CLIENT_SECRET: place.secret },
    });
    const servers = { 'auth-service': authService, 'orders-service': ordersService };
    return new SoakWorld(place, database.url, servers, async () => {
      await database.drop();
      rmSync(directory, { recursive: true, force: true });
    });
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.servers).map((server) => server.stop()));
    await this.cleanUp();
  }
}

/** The identifier of the resource, which is where it is. */
export function audienceOf({ ordersPort }: Pick<SoakPlace, 'ordersPort'>): string {
  return `http://127.0.0.1:${ordersPort}`;
}

async function start(
  name: string,
  readyUrl: string,
  env: Readonly<Record<string, string>>,
): Promise<SoakedServer> {
  const main = fileURLToPath(new URL(`../../apps/${name}/dist/main.js`, import.meta.url));
  const child = fork(main, {
    execArgv: ['--expose-gc', '--import', PROBE],
    env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const answers = () =>
    fetch(readyUrl).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await answers())) {
    if (child.exitCode !== null) throw new Error(`${name} did not start`);
    await sleep(50);
  }
  return new SoakedServer(child);
}

function bootstrapOf(place: SoakPlace): object {
  const confidential = {
    token_endpoint_auth_method: 'client_secret_basic',
    client_secret: { env: 'CLIENT_SECRET' },
  };
  return {
    resources: [{ identifier: audienceOf(place), name: 'Orders', scopes: ['orders:read'] }],
    clients: [
      {
        ...{ ...confidential, client_id: 'shop', name: 'Shop', first_party: true },
        grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
        redirect_uris: [place.callback],
        scope: 'orders:read offline_access',
      },
      {
        ...{ ...confidential, client_id: 'orders', name: 'Orders', scope: REVOCATIONS_READ_SCOPE },
        ...{ grant_types: ['client_credentials'], own_resource: audienceOf(place) },
      },
    ],
    accounts: [
      {
        account_id: '3f0e8d2a-5b1c-4e6f-8a7d-9c2b1e0f4a6d',
        ...{ username: place.username, password: { env: 'ALICE_PASSWORD' } },
      },
    ],
  };
}
