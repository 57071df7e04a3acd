/** The servers of the authorization server's benchmarks: stores, the built program, its clients and grants. */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { REVOCATIONS_READ_SCOPE } from '@keyward/oauth';
import { seedGrants } from '../storm/refresh-token.seed.js';
import { generateKeyPair } from '../support/key-pair.js';
import { FORM, firstMessage, type Load, ServerProcess } from './server-process.js';

export const ORDERS = 'https://orders.example.com';
/** Its tokens are encrypted to it. */
export const VAULT = 'https://vault.example.com';
export const CALLBACK = 'https://shop.example.com/callback';
const VAULT_KEY = generateKeyPair({ type: 'ec', namedCurve: 'P-256' });
/** The built program. */
export const AUTH_SERVICE = fileURLToPath(
  new URL('../../apps/auth-service/dist/main.js', import.meta.url),
);
const STORES = fileURLToPath(new URL('./servers/stores.ts', import.meta.url));
// More than the connections that the end of each round cuts off, with the token that they hold.
const REFRESH_TOKENS = 2000;
const REFRESH_KEY = randomBytes(32);
// The same for every process on the same stores.
const KEY_ENCRYPTION_KEY = randomBytes(32).toString('base64url');
/** Of the client `shop`. */
export const SECRET = `kws_${randomBytes(32).toString('base64url')}`;
export const BASIC = {
  authorization: `Basic ${Buffer.from(`shop:${SECRET}`).toString('base64')}`,
};
/** Who signs in. */
export const ALICE = {
  accountId: '3f0e8d2a-5b1c-4e6f-8a7d-9c2b1e0f4a6d',
  username: 'alice',
  password: randomBytes(12).toString('base64url'),
};

/** A PostgreSQL and a Redis, and where a server can be. */
export interface Stores {
  readonly environment: Record<string, string>;
  readonly port: number;
  /** For files; removed at the end. */
  readonly directory: string;
  stop(): void;
}

/** Private ones, or those that the environment names. */
export async function startStores(): Promise<Stores> {
  const child = fork(STORES, {
    execArgv: [...process.execArgv, '--conditions=@keyward/source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const stores = await firstMessage<Omit<Stores, 'stop'>>(child, 'stores');
  return { ...stores, stop: () => child.disconnect() };
}

/** The built program, in production mode, on a bootstrap file of its own. */
export function startAuthService(
  stores: Stores,
  more: Record<string, string> = {},
): Promise<ServerProcess> {
  const env = { ...authServiceEnvironment(stores), ...more };
  return ServerProcess.forkProgram(AUTH_SERVICE, env, stores.port, '/health/ready');
}

/** What it is told; writes the bootstrap file. */
export function authServiceEnvironment({
  environment,
  port,
  directory,
}: Stores): Record<string, string> {
  const bootstrapFile = join(directory, 'bootstrap.json');
  const bootstrap = {
    resources: [
      { identifier: ORDERS, name: 'Orders', scopes: ['orders:read'] },
      {
        identifier: VAULT,
        name: 'Vault',
        scopes: ['orders:read'],
        access_token_encryption: {
          alg: 'ECDH-ES',
          jwks: {
            keys: [
              { ...VAULT_KEY.publicKey.export({ format: 'jwk' }), kid: 'bench-1', use: 'enc' },
            ],
          },
        },
      },
    ],
    clients: [
      {
        client_id: 'shop',
        name: 'Shop',
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
        redirect_uris: [CALLBACK],
        scope: `orders:read offline_access ${REVOCATIONS_READ_SCOPE}`,
        first_party: true,
        own_resource: ORDERS,
        client_secret: { env: 'BENCH_SECRET' },
      },
    ],
    accounts: [
      {
        account_id: ALICE.accountId,
        username: ALICE.username,
        password: { env: 'BENCH_PASSWORD' },
      },
    ],
  };
  writeFileSync(bootstrapFile, JSON.stringify(bootstrap));
  return {
    ...environment,
    NODE_ENV: 'production',
    AUTH_PORT: String(port),
    AUTH_ISSUER: `http://127.0.0.1:${port}`,
    AUTH_INSECURE_HTTP_ISSUER: 'true',
    AUTH_KEY_ENCRYPTION_KEY: KEY_ENCRYPTION_KEY,
    AUTH_REFRESH_TOKEN_KEYS: `1:${REFRESH_KEY.toString('base64url')}`,
    AUTH_BOOTSTRAP_FILE: bootstrapFile,
    // Counted as ever, and never met: one client and one address ask as often as they can.
    AUTH_LIMIT_TOKEN: '1000000/s',
    AUTH_LIMIT_INTROSPECTION: '1000000/s',
    AUTH_LIMIT_AUTHORIZATION: '1000000/s',
    AUTH_LIMIT_PAGES: '1000000/s',
    BENCH_SECRET: SECRET,
    BENCH_PASSWORD: ALICE.password,
  };
}

/** Tokens of `shop`, each the first of a grant of its own. */
export async function seedRefreshTokens(databaseUrl: string): Promise<string[]> {
  const options = { databaseUrl, key: REFRESH_KEY, resource: ORDERS };
  const seeds = await seedGrants(options, Array<string>(REFRESH_TOKENS).fill('shop'));
  return seeds.map(({ refreshToken }) => refreshToken);
}

/** A form for the token endpoint. */
export function grant(grantType: string, parameters: Record<string, string>): string {
  return new URLSearchParams({ grant_type: grantType, ...parameters }).toString();
}

/** A request with the credentials of `shop`. */
export function post(body: string): Load {
  return { method: 'POST', headers: { ...FORM, ...BASIC }, body };
}

/** Asks for a token on its own behalf. */
export function clientCredentials(resource: string): Load {
  return post(grant('client_credentials', { resource, scope: 'orders:read' }));
}
