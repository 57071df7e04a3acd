/** Two auth-services that rotate their keys as fast as the rules allow, and two resource servers. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '@keyward/auth-service/testing';
import { AppProcess } from './app-process.js';
import { startAuthService } from './auth-service.js';
import { freeLoopbackPort } from './free-loopback-port.js';

const PROGRAM = fileURLToPath(new URL('caching-resource-server.program.ts', import.meta.url));
const CLIENT_ID = 'caller';
const RESOURCE = 'urn:example:orders';
const SCOPE = 'orders:read';

/** A max-age of 1 s, access tokens of 5 s, a lead of 2 s, and a rotation as soon as that is over. */
const RULES = {
  AUTH_JWKS_MAX_AGE_SECONDS: '1',
  AUTH_JWKS_MIN_FRESH_SECONDS: '1',
  AUTH_ACCESS_TOKEN_SECONDS: '5',
  AUTH_SIGNING_KEY_LEAD_SECONDS: '2',
  AUTH_SIGNING_KEY_ROTATION_SECONDS: '2',
  AUTH_SIGNING_KEY_POLL_MS: '200',
  AUTH_JWKS_RETRY_MS: '800',
};

export class RotationStack {
  readonly servers: AppProcess[] = [];
  readonly resources: AppProcess[] = [];
  private readonly secret = randomBytes(32).toString('base64url');

  private constructor(
    private readonly directory: string,
    private readonly database: TestDatabase,
  ) {}

  static async start(): Promise<RotationStack> {
    const directory = await mkdtemp(join(tmpdir(), 'keyward-rotation-'));
    const stack = new RotationStack(directory, await createTestDatabase());
    await writeFile(join(directory, 'bootstrap.json'), JSON.stringify(bootstrap()));
    while (stack.servers.length < 2) stack.servers.push(await stack.#startServer());
    for (const server of stack.servers) stack.resources.push(await stack.#startResource(server));
    return stack;
  }

  /** A new access token, by one of the servers. */
  async token(server: number): Promise<string> {
    const response = await fetch(`${this.servers[server]?.url}/oauth2/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${CLIENT_ID}:${this.secret}`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return ((await response.json()) as { access_token: string }).access_token;
  }

  /** Calls a resource server: null where it let the token in, else how it refused. */
  async refusal(resource: number, token: string): Promise<string | null> {
    const response = await fetch(`${this.resources[resource]?.url}/orders`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await response.arrayBuffer();
    if (response.status === 200) return null;
    return `${response.status} ${response.headers.get('www-authenticate')}`;
  }

  /** The kids that a server publishes. */
  async kids(server: number): Promise<string[]> {
    const response = await fetch(`${this.servers[server]?.url}/.well-known/jwks.json`);
    const { keys } = (await response.json()) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.resources, ...this.servers].map((process) => process.stop()));
    await this.database.drop();
    await rm(this.directory, { recursive: true });
  }

  #startServer(): Promise<AppProcess> {
    return startAuthService({
      NODE_ENV: 'test',
      ...(this.servers[0] && { AUTH_ISSUER: this.servers[0].url }),
      DATABASE_URL: this.database.url,
      KEYWARD_DATA_DIR: join(this.directory, 'data'),
      AUTH_BOOTSTRAP_FILE: join(this.directory, 'bootstrap.json'),
      CALLER_SECRET: this.secret,
      ...RULES,
    });
  }

  async #startResource(server: AppProcess): Promise<AppProcess> {
    const port = String(await freeLoopbackPort());
    return AppProcess.start({
      args: ['--conditions=@keyward/source', '--import=@swc-node/register/esm-register', PROGRAM],
      env: {
        PORT: port,
        ISSUER: this.servers[0]?.url ?? '',
        AUDIENCE: RESOURCE,
        SCOPE,
        JWKS_URI: `${server.url}/.well-known/jwks.json`,
      },
      url: `http://127.0.0.1:${port}`,
      readyPath: '/ready',
    });
  }
}

function bootstrap(): object {
  return {
    resources: [{ identifier: RESOURCE, name: 'Orders', scopes: [SCOPE] }],
    clients: [
      {
        client_id: CLIENT_ID,
        name: 'Caller',
        token_endpoint_auth_method: 'client_secret_basic',
        client_secret: { env: 'CALLER_SECRET' },
        grant_types: ['client_credentials'],
        scope: SCOPE,
      },
    ],
  };
}
