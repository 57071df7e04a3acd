/** Several auth-services on one PostgreSQL and one Redis that can be harmed, with grants to go on with. */
import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createTestDatabase,
  RedisTestServer,
  type TestDatabase,
} from '@keyward/auth-service/testing';
import { Pool } from 'pg';
import { type AppProcess } from './app-process.js';
import { startAuthService } from './auth-service.js';

const CLIENT_ID = 'app';
const SECRET = 'app-secret-app-secret-app-secret-app';
const RESOURCE = 'urn:example:orders';
const KEY = Buffer.alloc(32, 5);
const HOUR_MS = 3_600_000;

/** An answer of the token endpoint, as far as these tests look at it. */
export interface RefreshAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly error: string | undefined;
  readonly description: string | undefined;
  readonly token: string;
}

/** A grant that was put into the record, and its first refresh token. */
export interface SeededGrant {
  readonly grantId: string;
  readonly token: string;
}

export class RefreshStack {
  readonly replicas: AppProcess[] = [];
  #redis!: RedisTestServer;
  #postgres!: Pool;

  private constructor(
    private readonly directory: string,
    private readonly database: TestDatabase,
  ) {}

  static async start(processes = 2): Promise<RefreshStack> {
    const directory = await mkdtemp(join(tmpdir(), 'keyward-refresh-'));
    const stack = new RefreshStack(directory, await createTestDatabase());
    await writeFile(join(directory, 'bootstrap.json'), JSON.stringify(bootstrap()));
    await stack.startRedis();
    for (let i = 0; i < processes; i += 1) stack.replicas.push(await stack.startReplica());
    stack.#postgres = new Pool({ connectionString: stack.database.url });
    return stack;
  }

  /** Starts Redis, again on the port and the files that it had. It writes its files once a second. */
  async startRedis(): Promise<void> {
    const known = this.#redis as RedisTestServer | undefined;
    this.#redis = await RedisTestServer.start(this.directory, {
      ...(known && { port: known.port, password: known.password ?? '' }),
      config: { appendonly: 'yes', appendfsync: 'everysec' },
    });
  }

  killRedis(): Promise<void> {
    return this.#redis.kill();
  }

  get redisUrl(): string {
    return this.#redis.url;
  }

  /** Cuts this part off the end of what Redis has written; call it while Redis is down. */
  async cutRedisTail(part: number): Promise<void> {
    const directory = join(this.directory, 'appendonlydir');
    const name = (await readdir(directory)).find((file) => file.endsWith('.incr.aof'));
    if (name === undefined) throw new Error('Redis wrote no append-only file');
    const path = join(directory, name);
    const { size } = await stat(path);
    await truncate(path, Math.floor(size * (1 - part)));
  }

  startReplica(): Promise<AppProcess> {
    return startAuthService({
      NODE_ENV: 'test',
      ...(this.replicas[0] && { AUTH_ISSUER: this.replicas[0].url }),
      DATABASE_URL: this.database.url,
      REDIS_URL: this.#redis.url,
      KEYWARD_DATA_DIR: join(this.directory, 'data'),
      AUTH_BOOTSTRAP_FILE: join(this.directory, 'bootstrap.json'),
      AUTH_REFRESH_TOKEN_KEYS: `1:${KEY.toString('base64url')}`,
      APP_SECRET: SECRET,
    });
  }

  /** A grant in the record, as a redeemed code leaves it; Redis has not heard of it yet. */
  async grant(): Promise<SeededGrant> {
    const [grantId, handle] = [randomUUID(), randomBytes(16)];
    const expiry = new Date(Date.now() + 24 * HOUR_MS);
    await this.#postgres.query(
      `INSERT INTO oauth_grant (grant_id, account_id, client_id, sid, scope, resources,
         authenticated_at, acr, amr, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, now(), '1', '{pwd}', $7)`,
      [grantId, randomUUID(), CLIENT_ID, randomUUID(), ['orders:read'], [RESOURCE], expiry],
    );
    const terms = createHash('sha256').update('terms').digest();
    await this.#postgres.query(
      `INSERT INTO grant_terms (terms_sha256, scope, resources, acr, amr)
       VALUES ($1, '{orders:read}', $2, '1', '{pwd}') ON CONFLICT DO NOTHING`,
      [terms, [RESOURCE]],
    );
    await this.#postgres.query(
      `INSERT INTO refresh_rotation (handle, grant_id, terms_id, current_generation,
         parent_generation, floor_generation, idle_expires_at, absolute_expires_at)
       SELECT $1, $2, terms_id, 1, 0, 1, $4, $4 FROM grant_terms WHERE terms_sha256 = $3`,
      [handle, grantId, terms, expiry],
    );
    return { grantId, token: tokenOf(handle, 1) };
  }

  /** What the record says of a grant's lineage. */
  async checkpoint(grantId: string): Promise<number> {
    const { rows } = await this.#postgres.query<{ current_generation: string }>(
      'SELECT current_generation FROM refresh_rotation WHERE grant_id = $1',
      [grantId],
    );
    return Number(rows[0]?.current_generation);
  }

  refresh(token: string, replica = 0): Promise<RefreshAnswer> {
    return this.#post('token', { grant_type: 'refresh_token', refresh_token: token }, replica);
  }

  async #post(
    endpoint: string,
    form: Record<string, string>,
    replica: number,
  ): Promise<RefreshAnswer> {
    const credentials = Buffer.from(`${CLIENT_ID}:${SECRET}`).toString('base64');
    const response = await fetch(`${this.replicas[replica]?.url}/oauth2/${endpoint}`, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}` },
      body: new URLSearchParams(form),
    });
    const body = (await response.json()) as Record<string, string | undefined>;
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      error: body['error'],
      description: body['error_description'],
      token: body['refresh_token'] ?? '',
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.stop()));
    await this.#postgres.end();
    await this.#redis.stop();
    await this.database.drop();
    await rm(this.directory, { recursive: true });
  }
}

/** The generation that a token names. */
export function generationOf(token: string): number {
  return Buffer.from(token.slice(4), 'base64url').readUInt32BE(17);
}

// The format written down a second time: the server must not be able to change it unnoticed.
function tokenOf(handle: Buffer, generation: number): string {
  const content = Buffer.concat([Buffer.of(1), handle, Buffer.alloc(4)]);
  content.writeUInt32BE(generation, 17);
  const tag = createHmac('sha256', KEY).update('keyward/refresh/1').update(content).digest();
  return `kwr_${Buffer.concat([content, tag]).toString('base64url')}`;
}

function bootstrap(): object {
  return {
    resources: [{ identifier: RESOURCE, name: 'Orders', scopes: ['orders:read'] }],
    clients: [
      {
        client_id: CLIENT_ID,
        name: 'App',
        token_endpoint_auth_method: 'client_secret_basic',
        client_secret: { env: 'APP_SECRET' },
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: ['https://app.example.com/callback'],
        scope: 'orders:read',
      },
    ],
  };
}
