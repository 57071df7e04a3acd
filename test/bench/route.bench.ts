/** A protected route against the same route unprotected, and against what others protect it with. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { AUDIENCE, createSigningKey, createTokens, ISSUER } from './access-tokens.js';
import { compare, interleave, type Measurement } from './measurement.js';
import { ServerProcess } from './server-process.js';
import { type ServerSettings } from './servers/settings.js';

const ROUNDS = 7;
const WARM_UPS = 2;
/** Twice what the cache holds: with tokens in turn, each has left it before it comes again. */
const ALL_NEW = 20_001;
const MANY = 5_000;

interface RouteBench {
  readonly platform: ServerSettings['platform'];
  readonly tokens: number;
  readonly peers: readonly ServerSettings['kind'][];
}

const PEERS = ['passport-jwt', 'express-oauth2-jwt-bearer'] as const;
const LABELS: Readonly<Record<ServerSettings['kind'], string>> = {
  unprotected: 'unprotected route',
  'bare-verify': 'crypto.verify alone in a guard',
  keyward: 'keyward',
  'keyward-observed': 'keyward, counted by AuthCounters',
  'keyward-shadow': 'keyward, shadow issuer silent',
  'passport-jwt': 'passport-jwt + jwks-rsa',
  'express-oauth2-jwt-bearer': 'express-oauth2-jwt-bearer',
};

/** The names that `--only` selects from. */
export const ROUTE_BENCHES: Readonly<Record<string, RouteBench>> = {
  'route.express.cached': { platform: 'express', tokens: 1, peers: PEERS },
  'route.express.many': { platform: 'express', tokens: MANY, peers: [] },
  'route.express.new': { platform: 'express', tokens: ALL_NEW, peers: ['bare-verify', ...PEERS] },
  'route.express.beside': {
    platform: 'express',
    tokens: 1,
    peers: ['keyward-observed', 'keyward-shadow'],
  },
  'route.fastify.cached': { platform: 'fastify', tokens: 1, peers: ['passport-jwt'] },
};

/** Measures one route with RS256 tokens and keys from a real JWKS endpoint. */
export async function benchRoute(name: string): Promise<readonly Measurement[]> {
  const bench = ROUTE_BENCHES[name];
  if (bench === undefined) throw new Error(`no such benchmark: ${name}`);
  const key = await createSigningKey('RS256');
  const tokens = await createTokens(key, bench.tokens);
  const jwks = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [key.jwk] }));
  }).listen(0, '127.0.0.1');
  await once(jwks, 'listening');
  const jwksUri = `http://127.0.0.1:${(jwks.address() as AddressInfo).port}/jwks.json`;
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const servers: ServerProcess[] = [];
  try {
    const kinds = ['unprotected', 'keyward', ...bench.peers] as const;
    const contenders = [];
    for (const kind of kinds) {
      const server = await ServerProcess.start({
        kind,
        platform: bench.platform,
        issuer: ISSUER,
        audience: AUDIENCE,
        jwksUri,
        silentUri: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/jwks.json`,
        algorithm: 'RS256',
      });
      servers.push(server);
      contenders.push({ name: LABELS[kind], run: () => server.load(tokens) });
    }
    const figures = await interleave(contenders, ROUNDS, WARM_UPS);
    return compare(name, figures, LABELS.keyward, 'requests/s');
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    jwks.close();
    silent.closeAllConnections();
    silent.close();
  }
}
