/** The authorization server's busiest endpoints against oidc-provider on the same Redis, and a bare route. */
import {
  BASIC,
  clientCredentials,
  grant,
  ORDERS,
  post,
  SECRET,
  seedRefreshTokens,
  startAuthService,
  startStores,
} from './as.server.js';
import { compare, interleave, type Measurement } from './measurement.js';
import { type Load, ServerProcess } from './server-process.js';

const ROUNDS = 7;
const WARM_UPS = 2;
const OPAQUE = 'https://opaque.example.com';
const LABELS = { keyward: 'keyward', peer: 'oidc-provider', bare: 'an empty Nest route' } as const;

/** A server under load, and where its endpoints are. */
interface Contender {
  readonly server: ServerProcess;
  readonly token: string;
  readonly introspection: string;
  readonly jwks: string;
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
  'as.jwks': ({ jwks: path }) => Promise.resolve({ path, load: {} }),
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

/** Measures one exchange with every server, in turn. */
export async function benchAuthorizationServer(name: string): Promise<readonly Measurement[]> {
  const exchange = AS_BENCHES[name];
  if (exchange === undefined) throw new Error(`no such benchmark: ${name}`);
  const stores = await startStores();
  const servers: ServerProcess[] = [];
  try {
    const { environment } = stores;
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
      server: await startAuthService(stores),
      token: '/oauth2/token',
      introspection: '/oauth2/introspect',
      jwks: '/.well-known/jwks.json',
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
      jwks: '/jwks',
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
    stores.stop();
  }
}
