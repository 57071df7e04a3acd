/** Attacks on DPoP at the authorization server, over two processes of it (RFC 9449 section 11). */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { DpopNonces } from '@keyward/auth';
import { describeWithRedis, DpopKey, type ProofChange } from '@keyward/auth-service/testing';
import { createClient } from 'redis';
import { OpenIdProvider } from '../../support/openid-provider.js';
import { CLIENT_SECRET } from '../../support/openid-provider.clients.js';

const MACHINE = {
  client_id: 'machine',
  name: 'Machine',
  token_endpoint_auth_method: 'client_secret_basic',
  client_secret: { env: 'CLIENT_SECRET' },
  grant_types: ['client_credentials'],
  scope: 'orders:read',
};
const BODY = 'grant_type=client_credentials';
const AUTHORIZATION = `Basic ${Buffer.from(`machine:${CLIENT_SECRET}`).toString('base64')}`;
const FORM = 'application/x-www-form-urlencoded';

describeWithRedis('DPoP at two processes of the server', (redis) => {
  let provider: OpenIdProvider;
  let uri: string;
  let nonce: string;
  let key: DpopKey;
  let thief: DpopKey;
  beforeAll(async () => {
    provider = await OpenIdProvider.start({ processes: 2, redis: redis(), clients: [MACHINE] });
    uri = `${provider.issuer}/oauth2/token`;
    [key, thief] = await Promise.all([DpopKey.generate(), DpopKey.generate()]);
    const asked = await ask(await key.proof(uri));
    nonce = asked.headers.get('dpop-nonce') ?? '';
  }, 60_000);
  afterAll(() => provider.stop());

  function ask(dpop: string, at = 0, headers: Record<string, string> = {}) {
    return fetch(`${provider.replicas[at]?.url}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: AUTHORIZATION, 'content-type': FORM, dpop, ...headers },
      body: BODY,
    });
  }

  /** By node:http, which sends a header twice, and any Host. */
  async function post(dpop: string[], more: Record<string, string> = {}) {
    const { port } = new URL(provider.issuer);
    const headers = { authorization: AUTHORIZATION, 'content-type': FORM, dpop, ...more };
    const options = { host: '127.0.0.1', port, path: '/oauth2/token', method: 'POST', headers };
    const sent = httpRequest(options).end(BODY);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: response.statusCode, body: await text(response) };
  }

  const proofOf = (change: ProofChange = {}, by = key, at = uri) =>
    by.proof(at, { nonce, ...change });

  async function outcome(response: Response): Promise<string> {
    const body = (await response.json()) as { error?: string; token_type?: string };
    return `${response.status} ${body.error ?? body.token_type}`;
  }

  it('takes a good proof at either process, also with the nonce of the other', async () => {
    for (const at of [0, 1]) expect(await outcome(await ask(await proofOf(), at))).toBe('200 DPoP');
  });

  it('takes a proof that is replayed across both processes once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const dpop = await proofOf();
      const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => ask(dpop, n % 2)));
      const outcomes = (await Promise.all(answers.map(outcome))).sort();
      expect(outcomes).toEqual(['200 DPoP', ...Array(9).fill('400 invalid_dpop_proof')]);
    }
  });

  const now = () => Math.floor(Date.now() / 1000);
  it.each<[string, () => Promise<string>]>([
    ['a wrong htm', () => proofOf({ method: 'GET' })],
    ['the htu of another endpoint', () => proofOf({}, key, `${provider.issuer}/oauth2/par`)],
    ['the htu of another server', () => proofOf({}, key, 'https://evil.example/oauth2/token')],
    [
      'the htu of its own process instead of the issuer',
      () => proofOf({}, key, `${provider.replicas[1]?.url}/oauth2/token`),
    ],
    ['a stale iat', () => proofOf({ claims: { iat: now() - 120 } })],
    ['an iat in the future', () => proofOf({ claims: { iat: now() + 120 } })],
    ['typ JWT', () => proofOf({ header: { typ: 'JWT' } })],
    ['a private key in jwk', async () => proofOf({ header: { jwk: await key.privateJwk() } })],
    ['the jwk of somebody else', () => proofOf({ header: { jwk: key.jwk } }, thief)],
    ['no jwk', () => proofOf({ header: { jwk: undefined } })],
    ['a symmetric jwk', () => proofOf({ header: { jwk: { kty: 'oct', k: 'AAAA' } } })],
    ['alg none', async () => resigned(await proofOf(), { alg: 'none' }, () => 'AA')],
    ['alg HS256', async () => resigned(await proofOf(), { alg: 'HS256' }, hmac)],
    ['no jti', () => proofOf({ claims: { jti: undefined } })],
    ['a huge jti', () => proofOf({ claims: { jti: 'x'.repeat(1000) } })],
  ])('refuses %s', async (_, make) => {
    expect(await outcome(await ask(await make(), 1))).toBe('400 invalid_dpop_proof');
  });

  it.each(['host', 'x-forwarded-host'])('takes no htu from %s', async (name) => {
    const dpop = await proofOf({}, key, 'http://evil.example/oauth2/token');
    const { status, body } = await post([dpop], { [name]: 'evil.example' });
    expect(status).toBe(400);
    expect(body).toContain('invalid_dpop_proof');
  });

  it('refuses two DPoP headers, of which each is good', async () => {
    const { status, body } = await post([await proofOf(), await proofOf()]);
    expect(status).toBe(400);
    expect(body).toContain('invalid_dpop_proof');
  });

  it.each<[string, () => string | undefined]>([
    ['none', () => undefined],
    [
      'one of another server',
      () => new DpopNonces({ keys: [Buffer.alloc(32, 1)] }).current(Date.now()),
    ],
    ['one that was made up', () => Buffer.alloc(22).toString('base64url')],
  ])('asks for a nonce where there is %s', async (_, other) => {
    const response = await ask(await proofOf({ nonce: other() }));
    expect(await outcome(response)).toBe('400 use_dpop_nonce');
    const fresh = response.headers.get('dpop-nonce') ?? '';
    expect(await outcome(await ask(await proofOf({ nonce: fresh }), 1))).toBe('200 DPoP');
  });

  it('keeps a flood of proofs in little memory, and not for long', async () => {
    const client = createClient({ url: redis().url });
    await client.connect();
    const names = () => client.keys(`${redis().keyPrefix}once:dpop:*`);
    const before = (await names()).length;
    // What is refused for anything else uses up nothing.
    for (let i = 0; i < 20; i += 1) await ask(await proofOf({ header: { jwk: key.jwk } }, thief));
    expect((await names()).length).toBe(before);
    const FLOOD = 200;
    for (let i = 0; i < FLOOD; i += 1) await ask(await proofOf(), i % 2);
    const all = await names();
    expect(all.length).toBeLessThanOrEqual(before + FLOOD);
    expect(all.length).toBeGreaterThan(before);
    let bytes = 0;
    for (const name of all) {
      const ttl = await client.pTTL(name);
      // -2: it went meanwhile.
      expect(ttl === -2 || (ttl > 0 && ttl <= 71_000)).toBe(true);
      bytes += (await client.memoryUsage(name)) ?? 0;
    }
    expect(bytes / all.length).toBeLessThan(400);
    await client.close();
  }, 60_000);

  it('writes no proof and no nonce into its log', async () => {
    const dpop = await proofOf({ method: 'GET' });
    await ask(dpop);
    expect(provider.output).not.toContain(dpop.slice(-40));
    expect(provider.output).toContain('proof_method');
  });
});

function resigned(proof: string, change: object, sign: (input: string) => string): string {
  const [header = '', payload = ''] = proof.split('.');
  const parsed = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
  const changed = Buffer.from(JSON.stringify({ ...parsed, ...change })).toString('base64url');
  return `${changed}.${payload}.${sign(`${changed}.${payload}`)}`;
}

function hmac(input: string): string {
  return createHmac('sha256', 'the public key').update(input).digest('base64url');
}
