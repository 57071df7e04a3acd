/** Attacks on tokens that are bound to a DPoP key, at two replicas of a resource server (RFC 9449 section 11). */
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DpopNonces,
  type DpopOptions,
  MemoryProofReplayStore,
  RedisProofReplayStore,
} from '@keyward/auth';
import {
  describeWithRedis,
  DpopKey,
  type ProofChange,
  RedisTestServer,
} from '@keyward/auth-service/testing';
import { createClient, type RedisClientType } from 'redis';
import { generateKeyPair } from '../support/key-pair.js';
import { type Answer, sendRaw } from '../support/resource-server-client.js';
import { type Platform, PLATFORMS, ResourceServer } from '../support/resource-server.js';
import {
  createSigningKey,
  encodeSegment,
  signSegments,
  signWith,
  TokenForge,
} from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const PUBLIC_URL = 'https://orders.example';
const URI = `${PUBLIC_URL}/orders`;
const NONCE_KEY = Buffer.alloc(32, 5);

const clock = { nowMs: () => Date.now(), nowSeconds: () => Math.floor(Date.now() / 1000) };
const forge = new TokenForge(ISSUER, PUBLIC_URL, createSigningKey('ES256', 'ec-1'), clock as never);

const [key, stranger] = await Promise.all([DpopKey.generate(), DpopKey.generate()]);
const tokenOf = (jkt: string, sub = 'alice') =>
  forge.forge({ payload: forge.claims({ sub, cnf: { jkt } }) });
const token = tokenOf(key.jkt);

const start = (platform: Platform, dpop: Partial<DpopOptions> = {}) =>
  ResourceServer.start(platform, {
    trusts: [{ issuer: ISSUER, audience: PUBLIC_URL, jwks: { keys: [forge.key.jwk] } }],
    dpop: { publicUrl: PUBLIC_URL, ...dpop },
  });

const proofOf = (change: ProofChange = {}, by = key, uri = URI) =>
  by.proof(uri, { method: 'GET', accessToken: token, ...change });

function carry(
  server: ResourceServer,
  dpop: string | undefined,
  more: Record<string, string> = {},
) {
  return server.send('/orders', { headers: { authorization: `DPoP ${token}`, dpop, ...more } });
}

/** Refused, reached nothing, and told no one the token or the proof. */
function expectRefused(server: ResourceServer, answer: Answer, reason: string, code: string) {
  expect(answer.status).toBe(401);
  expect(server.refusals.map((refusal) => refusal.reason)).toEqual([reason]);
  expect(server.reached).toEqual([]);
  expect(answer.headers['www-authenticate']).toMatch(new RegExp(`^DPoP error="${code}"`));
  const seen = JSON.stringify([answer, server.logged, server.refusals]);
  expect(seen).not.toContain(token.slice(-40));
}

describe.each(PLATFORMS)('a stolen token that is bound to a key, on %s', (platform) => {
  let server: ResourceServer;
  beforeAll(async () => {
    server = await start(platform);
  });
  afterAll(() => server.stop());

  it('is good in the hands of its owner', async () => {
    expect((await carry(server, await proofOf())).status).toBe(200);
    const withQuery = { headers: { authorization: `DPoP ${token}`, dpop: await proofOf() } };
    expect((await server.send('/orders?limit=1', withQuery)).status).toBe(200);
  });

  const now = clock.nowSeconds();
  const attacks: readonly [string, () => Promise<string | undefined>, string][] = [
    ['without a proof', async () => undefined, 'proof_missing'],
    ['with a proof for another method (htm)', () => proofOf({ method: 'POST' }), 'proof_method'],
    ['with a proof for another path (htu)', () => proofOf({}, key, `${URI}/1`), 'proof_uri'],
    ['with a stale iat', () => proofOf({ claims: { iat: now - 600 } }), 'proof_time'],
    ['with an iat in the future', () => proofOf({ claims: { iat: now + 600 } }), 'proof_time'],
    ['with the ath of another token', () => proofOf({ accessToken: 'other' }), 'proof_token_hash'],
    ['with typ JWT', () => proofOf({ header: { typ: 'JWT' } }), 'proof_typ'],
    [
      'with a private key in jwk',
      async () => proofOf({ header: { jwk: await key.privateJwk() } }),
      'proof_key',
    ],
    ['with alg none', async () => unsigned(await proofOf()), 'proof_algorithm'],
    ['with alg HS256 by the public key', async () => bySecret(await proofOf()), 'proof_algorithm'],
    ['with an RSA key of 1024 bits', async () => byShortRsa(), 'proof_key'],
    [
      'with the jwk of its owner over a signature of the thief',
      () => proofOf({ header: { jwk: key.jwk } }, stranger),
      'proof_signature',
    ],
  ];

  it.each(attacks)('is worth nothing %s', async (_, make, reason) => {
    expectRefused(server, await carry(server, await make()), reason, 'invalid_dpop_proof');
  });

  it('is worth nothing with a proof by another key', async () => {
    const answer = await carry(server, await proofOf({}, stranger));
    expectRefused(server, answer, 'proof_other_key', 'invalid_token');
  });

  it('is worth nothing with two DPoP headers, of which one is good', async () => {
    server.forget();
    const lines = [
      'GET /orders HTTP/1.1',
      'Host: 127.0.0.1',
      `Authorization: DPoP ${token}`,
      `DPoP: ${await proofOf()}`,
      `DPoP: ${await proofOf()}`,
    ];
    const answer = await sendRaw(server.port, lines);
    expectRefused(server, answer, 'more_than_one_proof', 'invalid_dpop_proof');
  });

  it.each([
    ['Host', { host: 'evil.example' }],
    ['X-Forwarded-Host', { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }],
    ['Forwarded', { forwarded: 'host=evil.example;proto=https' }],
  ])('is worth nothing with an htu that %s confirms', async (_, headers) => {
    const dpop = await proofOf({}, key, 'https://evil.example/orders');
    expectRefused(server, await carry(server, dpop, headers), 'proof_uri', 'invalid_dpop_proof');
  });

  it('is worth nothing as Bearer, with and without a good proof', async () => {
    for (const dpop of [undefined, await proofOf()]) {
      const headers = { authorization: `Bearer ${token}`, dpop };
      const answer = await server.send('/orders', { headers });
      expect(answer.status).toBe(401);
      expect(server.refusals).toMatchObject([{ reason: 'bound_token_alone' }]);
      expect(server.reached).toEqual([]);
    }
  });

  it('is worth nothing once its proof was used', async () => {
    const dpop = await proofOf();
    expect((await carry(server, dpop)).status).toBe(200);
    const answer = await carry(server, dpop);
    expectRefused(server, answer, 'proof_replayed', 'invalid_dpop_proof');
  });

  it('tells its owner by the right scheme what scope is missing', async () => {
    const dpop = await proofOf({}, key, `${PUBLIC_URL}/reports`);
    const headers = { authorization: `DPoP ${token}`, dpop };
    const answer = await server.send('/reports', { headers });
    expect(answer.status).toBe(403);
    expect(answer.headers['www-authenticate']).toMatch(/^DPoP error="insufficient_scope".* algs="/);
  });
});

describe.each(PLATFORMS)('nonces of a resource server, on %s', (platform) => {
  let server: ResourceServer;
  const nonces = new DpopNonces({ keys: [NONCE_KEY] });
  beforeAll(async () => {
    server = await start(platform, { nonces: { keys: [NONCE_KEY] } });
  });
  afterAll(() => server.stop());

  it.each([
    ['none', () => undefined],
    [
      'one of another server',
      () => new DpopNonces({ keys: [Buffer.alloc(32, 6)] }).current(Date.now()),
    ],
    ['one that has expired', () => nonces.current(Date.now() - 600_000)],
  ])('are demanded where there is %s', async (_, nonce) => {
    const answer = await carry(server, await proofOf({ nonce: nonce() }));
    expectRefused(server, answer, 'proof_nonce', 'use_dpop_nonce');
    expect(nonces.accepts(String(answer.headers['dpop-nonce']), Date.now())).toBe(true);
  });

  it('are taken once they were handed out, and go along with good answers too', async () => {
    const asked = await carry(server, await proofOf());
    const nonce = String(asked.headers['dpop-nonce']);
    const answer = await carry(server, await proofOf({ nonce }));
    expect(answer.status).toBe(200);
    expect(nonces.accepts(String(answer.headers['dpop-nonce']), Date.now())).toBe(true);
  });
});

describe('a flood of proofs', () => {
  it('fills the memory to its bound and no further, and nothing of it can be used again', async () => {
    const replays = new MemoryProofReplayStore(50);
    const server = await start('fastify', { replays });
    const proofs = await Promise.all(Array.from({ length: 80 }, () => proofOf()));
    const statuses: number[] = [];
    for (const proof of proofs) statuses.push((await carry(server, proof)).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(50);
    expect(statuses.filter((status) => status === 503)).toHaveLength(30);
    expect(replays.size).toBe(50);
    for (const proof of proofs.slice(0, 50)) expect((await carry(server, proof)).status).toBe(401);
    await server.stop();
  });

  it('of others uses up no memory: a proof counts once the token is good and the key its own', async () => {
    const replays = new MemoryProofReplayStore(50);
    const server = await start('fastify', { replays });
    for (let i = 0; i < 20; i += 1) {
      await carry(server, await proofOf({}, stranger));
      await carry(server, await proofOf({ header: { jwk: key.jwk } }, stranger));
    }
    expect(replays.size).toBe(0);
    await server.stop();
  });

  it('takes some twenty megabytes for a hundred thousand of them', async () => {
    const store = new MemoryProofReplayStore();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 100_000; i += 1) {
      await store.claim(createHmac('sha256', 'k').update(String(i)).digest('base64url'), 70);
    }
    const megabytes = (process.memoryUsage().heapUsed - before) / 1e6;
    expect(store.size).toBe(100_000);
    expect(megabytes).toBeLessThan(60);
  });
});

describeWithRedis('two replicas of a resource server', (redis) => {
  let client: RedisClientType;
  const servers: ResourceServer[] = [];
  beforeAll(async () => {
    client = createClient({ url: redis().url });
    await client.connect();
    const replays = new RedisProofReplayStore({ client, keyPrefix: `${redis().keyPrefix}dpop:` });
    for (const platform of PLATFORMS) servers.push(await start(platform, { replays }));
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await client.close();
  });

  it('take a proof at one of them alone, of twenty requests at a time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const dpop = await proofOf();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) => carry(servers[n % 2] as ResourceServer, dpop)),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
    }
  });

  it('leave nothing in Redis beyond the time of a proof', async () => {
    const keys = await client.keys(`${redis().keyPrefix}dpop:*`);
    expect(keys.length).toBeGreaterThan(0);
    for (const name of keys) {
      const ttl = await client.pTTL(name);
      expect(ttl).toBeGreaterThan(0);
      expect(ttl).toBeLessThanOrEqual(71_000);
    }
    const bytes = await client.memoryUsage(keys[0] as string);
    expect(bytes).toBeLessThan(300);
  });
});

describeWithRedis('a resource server whose Redis is down', () => {
  it('answers 503 with Retry-After, and lets nobody in', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'keyward-dpop-'));
    const redis = await RedisTestServer.start(directory);
    const client = createClient({ url: redis.url, socket: { reconnectStrategy: 50 } });
    client.on('error', () => undefined);
    await client.connect();
    const replays = new RedisProofReplayStore({ client, timeoutMs: 300 });
    const server = await start('express', { replays });
    await redis.stop();
    const answer = await carry(server, await proofOf());
    expect(answer.status).toBe(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(server.reached).toEqual([]);
    await server.stop();
    client.destroy();
    await rm(directory, { recursive: true });
  });
});

function unsigned(proof: string): string {
  return withHeader(proof, { alg: 'none' }, () => Buffer.from([0]));
}

function bySecret(proof: string): string {
  const secret = JSON.stringify(key.jwk);
  return withHeader(proof, { alg: 'HS256' }, (input) =>
    createHmac('sha256', secret).update(input).digest(),
  );
}

function withHeader(proof: string, change: object, signer: (input: Buffer) => Uint8Array): string {
  const [header = '', payload = ''] = proof.split('.');
  const changed = {
    ...(JSON.parse(Buffer.from(header, 'base64url').toString()) as object),
    ...change,
  };
  return signSegments(encodeSegment(changed), payload, signer);
}

async function byShortRsa(): Promise<string> {
  const { privateKey, publicKey } = generateKeyPair({ type: 'rsa', modulusLength: 1024 });
  const jwk = publicKey.export({ format: 'jwk' });
  const signer = signWith({ ...forge.key, alg: 'RS256', privateKey });
  return withHeader(await proofOf(), { alg: 'RS256', jwk }, signer);
}
