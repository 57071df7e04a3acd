/** The authorization server's busiest endpoints against oidc-provider on the same Redis, and a bare route. */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seedGrants } from '../storm/refresh-token.seed.js';
import { generateKeyPair } from '../support/key-pair.js';
import { ProofMaker } from './dpop.bench.js';
import { compare, interleave, type Measurement } from './measurement.js';
import { FORM, firstMessage, type Load, ServerProcess } from './server-process.js';

const ROUNDS = 7;
const WARM_UPS = 2;
const ORDERS = 'https://orders.example.com';
const OPAQUE = 'https://opaque.example.com';
/** Its tokens are encrypted to it. */
const VAULT = 'https://vault.example.com';
const VAULT_KEY = generateKeyPair({ type: 'ec', namedCurve: 'P-256' });
const MAIN = fileURLToPath(new URL('../../apps/auth-service/dist/main.js', import.meta.url));
const STORES = fileURLToPath(new URL('./servers/stores.ts', import.meta.url));
// More than the connections that the end of each round cuts off, with the token that they hold.
const REFRESH_TOKENS = 2000;
const REFRESH_KEY = randomBytes(32);
const SECRET = `kws_${randomBytes(32).toString('base64url')}`;
const BASIC = { authorization: `Basic ${Buffer.from(`shop:${SECRET}`).toString('base64')}` };
const LABELS = { keyward: 'keyward', peer: 'oidc-provider', bare: 'an empty Nest route' } as const;

/** A server under load, and where its endpoints are. */
interface Contender {
  readonly server: ServerProcess;
  readonly token: string;
  readonly introspection: string;
  /** A resource whose tokens can be introspected. */
  readonly introspected: string;
  /** Each the first of a grant of its own. */
  readonly refreshTokens: () => Promise<string[]>;
}

/** What to send to which path. */
type Exchange = (contender: Contender) => Promise<{ path: string; load: Load }>;

/** The names that `--only` selects from. */
export const AS_BENCHES: Readonly<Record<string, Exchange>> = {
  'as.client-credentials': async ({ token }) => ({
    path: token,
    load: clientCredentials(ORDERS),
  }),
  'as.introspection': async ({ server, token, introspection, introspected: resource }) => {
    const body = grant('client_credentials', { resource, scope: 'orders:read' });
    const { access_token } = (await server.post(token, BASIC, body)) as { access_token: string };
    const load = post(new URLSearchParams({ token: access_token }).toString());
    const answer = (await server.post(introspection, BASIC, String(load.body))) as object;
    if (!('active' in answer) || answer.active !== true) throw new Error('the token is not active');
    return { path: introspection, load };
  },
  'as.rotation': async ({ server, token, refreshTokens }) => {
    const waiting: string[] = [];
    // The first refresh of a grant that was seeded reads the record: that is no part of this.
    for (const refresh_token of await refreshTokens()) {
      const answer = await server.post(token, BASIC, grant('refresh_token', { refresh_token }));
      waiting.push((answer as { refresh_token: string }).refresh_token);
    }
    const requests: Load['requests'] = [
      {
        setupRequest: (request) => {
          const refresh_token = waiting.shift();
          if (refresh_token === undefined) throw new Error('no refresh token is left');
          return { ...request, body: grant('refresh_token', { refresh_token }) };
        },
        onResponse: (status, body) => {
          if (status !== 200) throw new Error(`a refresh was refused: ${body}`);
          waiting.push((JSON.parse(body) as { refresh_token: string }).refresh_token);
        },
      },
    ];
    return { path: token, load: { ...post(''), requests } };
  },
};

const PLAIN = 'the plain one';

/** The same exchange, made costlier, beside the plain one; `uri` is the endpoint's. */
export const AS_COSTLIER_BENCHES: Readonly<Record<string, (uri: string) => Load>> = {
  // A new proof in each request.
  'as.client-credentials-dpop': (uri) => {
    const maker = new ProofMaker();
    return {
      ...clientCredentials(ORDERS),
      requests: [
        {
          setupRequest: (request) => {
            const dpop = maker.make('POST', uri);
            return { ...request, headers: { ...FORM, ...BASIC, dpop } };
          },
        },
      ],
    };
  },
  // Each token encrypted by ECDH-ES on P-256.
  'as.client-credentials-jwe': () => clientCredentials(VAULT),
};

/** Measures what a proof or encryption costs the token endpoint. */
export async function benchCostlierIssuance(name: string): Promise<readonly Measurement[]> {
  const costlierLoad = AS_COSTLIER_BENCHES[name];
  if (costlierLoad === undefined) throw new Error(`no such benchmark: ${name}`);
  const stores = forkStores();
  let server: ServerProcess | undefined;
  try {
    const { environment, port, directory } = await firstMessage<StoresMessage>(stores, 'stores');
    // The nonce that a client has already costs a comparison; the first one costs a request.
    const withoutNonce = { ...environment, AUTH_DPOP_NONCE: 'off' };
    const keyward = await startAuthService(withoutNonce, port, directory);
    server = keyward;
    const path = '/oauth2/token';
    const costlier = costlierLoad(`http://127.0.0.1:${port}${path}`);
    const plain = clientCredentials(ORDERS);
    const figures = await interleave(
      [
        { name: LABELS.keyward, run: () => keyward.measure(path, costlier) },
        { name: PLAIN, run: () => keyward.measure(path, plain) },
      ],
      ROUNDS,
      WARM_UPS,
    );
    return compare(name, figures, LABELS.keyward, 'requests/s');
  } finally {
    await server?.stop();
    stores.disconnect();
  }
}

function clientCredentials(resource: string): Load {
  return post(grant('client_credentials', { resource, scope: 'orders:read' }));
}

function forkStores() {
  return fork(STORES, {
    execArgv: [...process.execArgv, '--conditions=@keyward/source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/** Measures one exchange with every server, in turn. */
export async function benchAuthorizationServer(name: string): Promise<readonly Measurement[]> {
  const exchange = AS_BENCHES[name];
  if (exchange === undefined) throw new Error(`no such benchmark: ${name}`);
  const stores = forkStores();
  const servers: ServerProcess[] = [];
  try {
    const { environment, port, directory } = await firstMessage<StoresMessage>(stores, 'stores');
    const bare = await ServerProcess.start({
      kind: 'unprotected',
      platform: 'fastify',
      issuer: '',
      audience: '',
      jwksUri: '',
      algorithm: 'ES256',
    });
    servers.push(bare);
    const keyward = {
      server: await startAuthService(environment, port, directory),
      token: '/oauth2/token',
      introspection: '/oauth2/introspect',
      introspected: ORDERS,
      refreshTokens: () => seedRefreshTokens(environment['DATABASE_URL'] ?? ''),
    };
    servers.push(keyward.server);
    const oidcProvider = await ServerProcess.fork('./servers/oidc-provider.ts', {
      ...environment,
      BENCH_CLIENT: `shop ${SECRET}`,
      NODE_ENV: 'production',
    });
    const peer = {
      server: oidcProvider,
      token: '/token',
      introspection: '/token/introspection',
      introspected: OPAQUE,
      refreshTokens: async () => (await oidcProvider.get('/refresh-tokens')) as string[],
    };
    servers.push(peer.server);
    const [ours, theirs] = [await exchange(keyward), await exchange(peer)];
    const figures = await interleave(
      [
        { name: LABELS.bare, run: () => bare.measure('/orders', {}) },
        { name: LABELS.keyward, run: () => keyward.server.measure(ours.path, ours.load) },
        { name: LABELS.peer, run: () => peer.server.measure(theirs.path, theirs.load) },
      ],
      ROUNDS,
      WARM_UPS,
    );
    return compare(name, figures, LABELS.keyward, 'requests/s');
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    stores.disconnect();
  }
}

interface StoresMessage {
  readonly environment: Record<string, string>;
  readonly port: number;
  /** For files; removed at the end. */
  readonly directory: string;
}

/** The built program, in production mode, on a bootstrap file of its own. */
function startAuthService(
  environment: Record<string, string>,
  port: number,
  directory: string,
): Promise<ServerProcess> {
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
        redirect_uris: ['https://shop.example.com/callback'],
        scope: 'orders:read offline_access',
        own_resource: ORDERS,
        client_secret: { env: 'BENCH_SECRET' },
      },
    ],
  };
  writeFileSync(bootstrapFile, JSON.stringify(bootstrap));
  const env = {
    ...environment,
    NODE_ENV: 'production',
    AUTH_PORT: String(port),
    AUTH_ISSUER: `http://127.0.0.1:${port}`,
    AUTH_INSECURE_HTTP_ISSUER: 'true',
    AUTH_KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64url'),
    AUTH_REFRESH_TOKEN_KEYS: `1:${REFRESH_KEY.toString('base64url')}`,
    AUTH_BOOTSTRAP_FILE: bootstrapFile,
    BENCH_SECRET: SECRET,
  };
  return ServerProcess.forkProgram(MAIN, env, port, '/health/ready');
}

async function seedRefreshTokens(databaseUrl: string): Promise<string[]> {
  const options = { databaseUrl, key: REFRESH_KEY, resource: ORDERS };
  const seeds = await seedGrants(options, Array<string>(REFRESH_TOKENS).fill('shop'));
  return seeds.map(({ refreshToken }) => refreshToken);
}

function grant(grantType: string, parameters: Record<string, string>): string {
  return new URLSearchParams({ grant_type: grantType, ...parameters }).toString();
}

function post(body: string): Load {
  return { method: 'POST', headers: { ...FORM, ...BASIC }, body };
}
