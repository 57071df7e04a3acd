/** What the token endpoint makes of a DPoP proof: tokens that are bound to its key, or a refusal. */
import { type TokenResponse } from '@keyward/oauth';
import { decodeJwt } from 'jose';
import { SECRETS } from '../testing/bootstrap.fixture.js';
import { DpopKey, type ProofChange } from '../testing/dpop.fixture.js';
import { basic, ISSUER, TestApplication } from '../testing/test-application.js';

const TOKEN_URI = `${ISSUER}/oauth2/token`;
const CREDENTIALS = { grant_type: 'client_credentials' };

let server: TestApplication;
let key: DpopKey;
let nonce: string;
beforeAll(async () => {
  server = await TestApplication.start();
  key = await DpopKey.generate();
  nonce = await nonceOf(server);
});
afterAll(() => server.stop());

async function nonceOf(from: TestApplication): Promise<string> {
  const headers = { ...basic('shop'), dpop: await key.proof(TOKEN_URI) };
  const response = await from.post('/oauth2/token', CREDENTIALS, headers);
  return response.headers.get('dpop-nonce') ?? '';
}

async function request(change: ProofChange = {}, uri = TOKEN_URI, clientId = 'shop') {
  const dpop = await key.proof(uri, { nonce, ...change });
  return server.post('/oauth2/token', CREDENTIALS, { ...basic(clientId), dpop });
}

async function errorOf(response: Response): Promise<string> {
  const { error } = (await response.json()) as { error?: string };
  return `${response.status} ${error}`;
}

describe('a DPoP proof at the token endpoint', () => {
  it('binds the token to its key, and says so', async () => {
    const response = await request();
    expect(response.status).toBe(200);
    const body = (await response.json()) as TokenResponse;
    expect(body.token_type).toBe('DPoP');
    expect(decodeJwt(body.access_token)['cnf']).toEqual({ jkt: key.jkt });

    const form = { token: body.access_token };
    const introspected = await server.post('/oauth2/introspect', form, basic('orders'));
    expect(await introspected.json()).toMatchObject({
      active: true,
      cnf: { jkt: key.jkt },
      token_type: 'DPoP',
    });
  });

  it('wants a nonce of this server, and brings one along with every answer', async () => {
    const first = await request({ nonce: undefined });
    expect(await errorOf(first)).toBe('400 use_dpop_nonce');
    expect(first.headers.get('dpop-nonce')).toMatch(/^[\w-]{30}$/);
    expect(first.headers.get('cache-control')).toBe('no-store');
    const second = await request({ nonce: first.headers.get('dpop-nonce') ?? '' });
    expect(second.status).toBe(200);
    expect(second.headers.get('dpop-nonce')).toMatch(/^[\w-]{30}$/);
  });

  it('needs none where the configuration says so', async () => {
    const other = await TestApplication.start({ environment: { AUTH_DPOP_NONCE: 'off' } });
    const dpop = await key.proof(TOKEN_URI);
    const response = await other.post('/oauth2/token', CREDENTIALS, { ...basic('shop'), dpop });
    expect(response.status).toBe(200);
    expect(response.headers.get('dpop-nonce')).toBeNull();
    await other.stop();
  });

  it('is refused where it is sent a second time', async () => {
    const dpop = await key.proof(TOKEN_URI, { nonce });
    const headers = { ...basic('shop'), dpop };
    const responses = await Promise.all(
      Array.from({ length: 8 }, () => server.post('/oauth2/token', CREDENTIALS, headers)),
    );
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const response of responses.filter(({ status }) => status !== 200)) {
      expect(await errorOf(response)).toBe('400 invalid_dpop_proof');
    }
  });

  it('is demanded of a client that is registered so', async () => {
    const without = await server.post('/oauth2/token', CREDENTIALS, basic('prover'));
    expect(await errorOf(without)).toBe('400 invalid_request');
    expect((await request({}, TOKEN_URI, 'prover')).status).toBe(200);
  });

  it('is looked at once the client is known, and not before', async () => {
    const dpop = await key.proof(TOKEN_URI, { nonce });
    const wrong = { ...basic('shop', 'wrong'), dpop };
    expect((await server.post('/oauth2/token', CREDENTIALS, wrong)).status).toBe(401);
    const right = { ...basic('shop'), dpop };
    expect((await server.post('/oauth2/token', CREDENTIALS, right)).status).toBe(200);
  });

  it.each([
    ['for another endpoint', {}, `${ISSUER}/oauth2/par`],
    ['for another server', {}, 'https://evil.example/oauth2/token'],
    ['with another htm', { method: 'GET' }, TOKEN_URI],
    ['of two minutes ago', { claims: { iat: Math.floor(Date.now() / 1000) - 120 } }, TOKEN_URI],
    ['of typ JWT', { header: { typ: 'JWT' } }, TOKEN_URI],
  ])('is refused %s', async (_, change, uri) => {
    expect(await errorOf(await request(change, uri))).toBe('400 invalid_dpop_proof');
  });

  it('leaves a token without proof as it was', async () => {
    const body = await server.token('shop');
    expect(body.token_type).toBe('Bearer');
    expect(decodeJwt(body.access_token)['cnf']).toBeUndefined();
  });

  it('does not reach the log or the answer, where it is refused', async () => {
    const dpop = await key.proof('https://evil.example/', { nonce });
    const response = await server.post('/oauth2/token', CREDENTIALS, { ...basic('shop'), dpop });
    const text = await response.text();
    expect(text).not.toContain('evil');
    expect(text).not.toContain(SECRETS['SECRET_OF_shop']);
  });
});
