/** The whole application on a real database and a real port, for tests of its HTTP behaviour. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplication, type LogLevel } from '@nestjs/common';
import { type TokenResponse } from '@keyward/oauth';
import { createApplication } from '../application.js';
import { type BootstrapSource } from '../bootstrap/bootstrap.schema.js';
import { MutualTlsListener } from '../client-certificate/mutual-tls.listener.js';
import { type RedisAccess } from '../storage/testing/describe-with-redis.js';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { bootstrapDocument, SECRETS } from './bootstrap.fixture.js';

/** The `iss` of every test application: its port is not known when it is configured. */
export const ISSUER = 'https://login.example.com';

/** For applications that share a database: they must be able to read each other's signing keys. */
export const SHARED_KEY = {
  AUTH_KEY_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64url'),
};

/** What a test application may be started with. */
export interface TestApplicationOptions {
  /** Default: the in-process stores. */
  readonly redis?: RedisAccess;
  /** Default: an empty database of its own, dropped at the end. */
  readonly database?: TestDatabase;
  /** Default: that of bootstrap.fixture.ts. */
  readonly bootstrap?: BootstrapSource;
  /** Default: one that is free. */
  readonly port?: number;
  readonly environment?: NodeJS.ProcessEnv;
  /** Default: none, so that nothing is logged. */
  readonly logLevels?: LogLevel[];
  /** Called before it has routes. Default: nothing is done. */
  readonly prepare?: (app: INestApplication) => void;
}

/** A running application with the clients and resources of bootstrap.fixture.ts. */
export class TestApplication {
  private constructor(
    readonly app: INestApplication,
    readonly database: TestDatabase,
    private readonly directory: string,
    private readonly ownsDatabase: boolean,
  ) {}

  /** @throws StartupError as the real program does */
  static async start(options: TestApplicationOptions = {}): Promise<TestApplication> {
    const database = options.database ?? (await createTestDatabase());
    const directory = mkdtempSync(join(tmpdir(), 'keyward-auth-service-'));
    const bootstrapFile = join(directory, 'bootstrap.json');
    writeFileSync(bootstrapFile, JSON.stringify(options.bootstrap ?? bootstrapDocument()));
    const app = await buildWith(
      {
        NODE_ENV: 'test',
        AUTH_ISSUER: ISSUER,
        AUTH_BOOTSTRAP_FILE: bootstrapFile,
        KEYWARD_DATA_DIR: directory,
        DATABASE_URL: database.url,
        REDIS_URL: options.redis?.url ?? '',
        REDIS_KEY_PREFIX: options.redis?.keyPrefix ?? '',
        ...SECRETS,
        ...options.environment,
      },
      options.logLevels,
    );
    options.prepare?.(app);
    try {
      await app.listen({ port: options.port ?? 0, host: '127.0.0.1' });
      await app.get(MutualTlsListener, { strict: false }).listen();
    } catch (error) {
      await app.close();
      throw error;
    }
    return new TestApplication(app, database, directory, options.database === undefined);
  }

  async stop(): Promise<void> {
    await this.app.close();
    if (this.ownsDatabase) await this.database.drop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  get port(): number {
    return (this.app.getHttpServer().address() as AddressInfo).port;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Posts a form; a string is sent as it is, so that it may be malformed. */
  post(
    path: string,
    form: Record<string, string> | string,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return fetch(this.url(path), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    });
  }

  /** A client credentials token of a client of the fixture. */
  async token(clientId: string, form: Record<string, string> = {}): Promise<TokenResponse> {
    const response = await this.post(
      '/oauth2/token',
      { grant_type: 'client_credentials', ...form },
      basic(clientId),
    );
    if (response.status !== 200) throw new Error(await response.text());
    return (await response.json()) as TokenResponse;
  }
}

let building: Promise<unknown> = Promise.resolve();

// The environment is the process's own, and read only while an application is built: one at a time.
function buildWith(environment: NodeJS.ProcessEnv, logLevels: LogLevel[] = []) {
  const build = async () => {
    const outer = process.env;
    process.env = { ...outer, ...environment };
    try {
      return await createApplication({ logLevels });
    } finally {
      process.env = outer;
    }
  };
  const built = building.then(build);
  building = built.catch(() => undefined);
  return built;
}

/** The Authorization header of a client; by default with the secret that the fixture gives it. */
export function basic(
  clientId: string,
  secret = SECRETS[`SECRET_OF_${clientId}`] ?? '',
): { authorization: string } {
  const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}
