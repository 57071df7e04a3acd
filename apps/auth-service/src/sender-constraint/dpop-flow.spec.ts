/** DPoP through the code flow, refresh, and the resources of the server itself (RFC 9449 sections 5 to 10). */
import { REVOCATIONS_PATH, REVOCATIONS_READ_SCOPE, type TokenResponse } from '@keyward/oauth';
import { decodeJwt } from 'jose';
import { describeWithRedis } from '../storage/testing/describe-with-redis.js';
import { createTestDatabase } from '../storage/testing/test-database.js';
import { SPA_ORIGIN } from '../testing/bootstrap.fixture.js';
import { type Change, CodeFlow } from '../testing/code-flow.js';
import { DpopKey, type ProofChange } from '../testing/dpop.fixture.js';
import { FeedReader } from '../testing/feed.reader.js';
import { basic, ISSUER, SHARED_KEY, TestApplication } from '../testing/test-application.js';

const TOKEN_URI = `${ISSUER}/oauth2/token`;
const PAR_URI = `${ISSUER}/oauth2/par`;
const USERINFO_URI = `${ISSUER}/oauth2/userinfo`;
const SPA = { client_id: 'spa', redirect_uri: `${SPA_ORIGIN}/callback` };

let server: TestApplication;
let flow: CodeFlow;
let key: DpopKey;
let thief: DpopKey;
let nonce: string;
beforeAll(async () => {
  server = await TestApplication.start();
  flow = new CodeFlow(server);
  [key, thief] = await Promise.all([DpopKey.generate(), DpopKey.generate()]);
  const form = { grant_type: 'client_credentials' };
  const headers = { ...basic('shop'), dpop: await key.proof(TOKEN_URI) };
  const asked = await server.post('/oauth2/token', form, headers);
  nonce = asked.headers.get('dpop-nonce') ?? '';
});
afterAll(() => server.stop());

const proofOf = (by: DpopKey, uri = TOKEN_URI, change: ProofChange = {}) =>
  by.proof(uri, { nonce, ...change });

/** The code of a public client, for the key that its request names. */
const spaCode = (change: Change = {}) => flow.code({ ...SPA, ...change });

async function redeem(code: string, by: DpopKey | null, client: Change = SPA) {
  const headers = client['client_id'] === undefined ? basic('web') : {};
  const dpop = by && { dpop: await proofOf(by) };
  return flow.redeem(code, client, { ...headers, ...dpop } as { authorization: string });
}

async function refresh(refreshToken: string, by: DpopKey | null, clientId = 'spa') {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
  const dpop = by === null ? undefined : { dpop: await proofOf(by) };
  return clientId === 'spa'
    ? server.post('/oauth2/token', { ...form, client_id: 'spa' }, dpop)
    : server.post('/oauth2/token', form, { ...basic(clientId), ...dpop });
}

async function outcome(response: Response): Promise<string> {
  const { error, token_type } = (await response.json()) as { error?: string; token_type?: string };
  return `${response.status} ${error ?? token_type}`;
}

async function tokens(response: Response): Promise<TokenResponse & { refresh_token: string }> {
  expect(response.status).toBe(200);
  return (await response.json()) as TokenResponse & { refresh_token: string };
}

describe('a code that is bound to a key by dpop_jkt', () => {
  it('is redeemed with this key, and by nobody else before', async () => {
    const code = await spaCode({ dpop_jkt: key.jkt });
    expect(await outcome(await redeem(code, thief))).toBe('400 invalid_grant');
    expect(await outcome(await redeem(code, null))).toBe('400 invalid_grant');
    const { access_token, token_type } = await tokens(await redeem(code, key));
    expect(token_type).toBe('DPoP');
    expect(decodeJwt(access_token)['cnf']).toEqual({ jkt: key.jkt });
  });

  it('is a replay the second time, also with a key that the request did not name', async () => {
    const code = await spaCode();
    await tokens(await redeem(code, key));
    expect(await outcome(await redeem(code, thief))).toBe('400 invalid_grant');
    const bearer = await spaCode();
    expect(await outcome(await redeem(bearer, null))).toBe('200 Bearer');
  });

  it('names its resources before it is used up, as any other', async () => {
    const code = await spaCode({ dpop_jkt: key.jkt });
    const wrong = { ...SPA, resource: 'urn:other' };
    expect(await outcome(await redeem(code, key, wrong))).toBe('400 invalid_target');
    await tokens(await redeem(code, key));
  });

  it('is refused to a dpop_jkt that is no thumbprint', async () => {
    const { location } = await flow.authorize({ ...SPA, dpop_jkt: 'x' });
    expect(new URL(location ?? '').searchParams.get('error')).toBe('invalid_request');
  });
});

describe('a pushed request', () => {
  async function push(change: Change, by: DpopKey | null) {
    const dpop = by && { dpop: await proofOf(by, PAR_URI) };
    const query = flow.query({ ...SPA, ...change });
    return server.post('/oauth2/par', query, { ...dpop });
  }

  it.each([
    ['its proof', () => ({})],
    ['its proof and dpop_jkt', () => ({ dpop_jkt: key.jkt })],
  ])('binds the code to the key of %s', async (_, change) => {
    const pushed = await push(change() as Change, key);
    expect(pushed.status).toBe(201);
    expect(pushed.headers.get('dpop-nonce')).toBe(nonce);
    const { request_uri } = (await pushed.json()) as { request_uri: string };
    const query = new URLSearchParams({ client_id: 'spa', request_uri });
    const end = await flow.finish(await flow.browser.get(`/oauth2/authorize?${query.toString()}`));
    const code = end.searchParams.get('code') ?? '';
    expect(await outcome(await redeem(code, thief))).toBe('400 invalid_grant');
    expect(await outcome(await redeem(code, key))).toBe('200 DPoP');
  });

  it('is refused where proof and dpop_jkt are of two keys', async () => {
    expect(await outcome(await push({ dpop_jkt: thief.jkt }, key))).toBe('400 invalid_dpop_proof');
  });

  it('is refused with a proof for the token endpoint, and asked for a nonce', async () => {
    const query = flow.query(SPA);
    const forToken = { dpop: await proofOf(key) };
    expect(await outcome(await server.post('/oauth2/par', query, forToken))).toBe(
      '400 invalid_dpop_proof',
    );
    const without = { dpop: await key.proof(PAR_URI) };
    expect(await outcome(await server.post('/oauth2/par', query, without))).toBe(
      '400 use_dpop_nonce',
    );
  });
});

describe('a refresh token', () => {
  it('of a public client belongs to its key, and stays the same', async () => {
    const first = await tokens(await redeem(await spaCode(), key));
    expect(await outcome(await refresh(first.refresh_token, thief))).toBe('400 invalid_grant');
    expect(await outcome(await refresh(first.refresh_token, null))).toBe('400 invalid_grant');
    const second = await tokens(await refresh(first.refresh_token, key));
    expect(second.refresh_token).toBe(first.refresh_token);
    expect(decodeJwt(second.access_token)['cnf']).toEqual({ jkt: key.jkt });
    expect(await outcome(await refresh(first.refresh_token, key))).toBe('200 DPoP');
  });

  it('of a confidential client belongs to the client, which may change its key', async () => {
    const first = await tokens(await redeem(await flow.code(), key, {}));
    const second = await tokens(await refresh(first.refresh_token, thief, 'web'));
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(decodeJwt(second.access_token)['cnf']).toEqual({ jkt: thief.jkt });
  });
});

describe('userinfo', () => {
  let bound: string;
  let bearer: string;
  beforeAll(async () => {
    bound = (await tokens(await redeem(await spaCode(), key))).access_token;
    bearer = (await tokens(await redeem(await spaCode(), null))).access_token;
  });

  const ask = (headers: Record<string, string>, init: RequestInit = {}) =>
    fetch(server.url('/oauth2/userinfo'), { ...init, headers });
  const proof = (change: ProofChange = {}, by = key, uri = USERINFO_URI) =>
    proofOf(by, uri, { method: 'GET', accessToken: bound, ...change });

  it('answers a bound token with a proof of its key', async () => {
    const response = await ask({ authorization: `DPoP ${bound}`, dpop: await proof() });
    expect(response.status).toBe(200);
    expect(response.headers.get('dpop-nonce')).toBe(nonce);
    expect(await response.json()).toHaveProperty('sub');
  });

  it.each([
    [
      'as Bearer',
      async () => ({ authorization: `Bearer ${bound}` }),
      /^Bearer error="invalid_token".*DPoP algs=/,
    ],
    [
      'as Bearer with a proof',
      async () => ({ authorization: `Bearer ${bound}`, dpop: await proof() }),
      /^Bearer error="invalid_token"/,
    ],
    [
      'without proof',
      async () => ({ authorization: `DPoP ${bound}` }),
      /^DPoP error="invalid_dpop_proof"/,
    ],
    [
      'with the proof of another key',
      async () => ({ authorization: `DPoP ${bound}`, dpop: await proof({}, thief) }),
      /^DPoP error="invalid_token"/,
    ],
    [
      'with the proof of another token',
      async () => ({ authorization: `DPoP ${bound}`, dpop: await proof({ accessToken: bearer }) }),
      /^DPoP error="invalid_dpop_proof"/,
    ],
    [
      'with a proof for another method',
      async () => ({ authorization: `DPoP ${bound}`, dpop: await proof({ method: 'POST' }) }),
      /^DPoP error="invalid_dpop_proof"/,
    ],
    [
      'with a proof without nonce',
      async () => ({ authorization: `DPoP ${bound}`, dpop: await proof({ nonce: undefined }) }),
      /^DPoP error="use_dpop_nonce"/,
    ],
    [
      'with a proof for whoever the proxy says we are',
      async () => ({
        authorization: `DPoP ${bound}`,
        'x-forwarded-host': 'evil.example',
        dpop: await proof({}, key, 'https://evil.example/oauth2/userinfo'),
      }),
      /^DPoP error="invalid_dpop_proof"/,
    ],
  ])('refuses a bound token %s', async (_, headers, challenge) => {
    const response = await ask(await headers());
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(challenge);
  });

  it('refuses a bound token in a form, and one of no key as DPoP', async () => {
    const form = { method: 'POST', body: new URLSearchParams({ access_token: bound }) };
    expect((await ask({}, form)).status).toBe(401);
    const dpop = await proof({ accessToken: bearer });
    expect((await ask({ authorization: `DPoP ${bearer}`, dpop })).status).toBe(401);
    expect((await ask({ authorization: `Bearer ${bearer}` })).status).toBe(200);
  });

  it('tells of both schemes where there is no token', async () => {
    const response = await ask({});
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer, DPoP algs="ES256 /);
  });

  it('lets pages send a proof, and read the nonce and the challenge', async () => {
    const preflight = await fetch(server.url('/oauth2/userinfo'), {
      method: 'OPTIONS',
      headers: {
        origin: SPA_ORIGIN,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization,dpop',
      },
    });
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/\bDPoP\b/);
    const dpop = await proof({ nonce: undefined });
    const refused = await ask({ authorization: `DPoP ${bound}`, dpop, origin: SPA_ORIGIN });
    expect(refused.headers.get('access-control-allow-origin')).toBe(SPA_ORIGIN);
    const exposed = refused.headers.get('access-control-expose-headers');
    expect(exposed).toMatch(/WWW-Authenticate/);
    expect(exposed).toMatch(/DPoP-Nonce/);
  });
});

describe('the revocation feed', () => {
  it('is followed by a bound token with a proof of its key, and not without', async () => {
    const form = { grant_type: 'client_credentials', scope: REVOCATIONS_READ_SCOPE };
    const headers = { ...basic('orders'), dpop: await proofOf(key) };
    const { access_token } = await tokens(await server.post('/oauth2/token', form, headers));
    const follow = (headers: Record<string, string>) =>
      FeedReader.openWith(server.url(REVOCATIONS_PATH), headers);
    await expect(follow({ authorization: `Bearer ${access_token}` })).rejects.toThrow(/^401 /);
    await expect(follow({ authorization: `DPoP ${access_token}` })).rejects.toThrow(/^401 /);
    const uri = `${ISSUER}${REVOCATIONS_PATH}`;
    const dpop = await proofOf(key, uri, { method: 'GET', accessToken: access_token });
    const reader = await follow({ authorization: `DPoP ${access_token}`, dpop });
    reader.close();
  });
});

describeWithRedis('DPoP over two replicas', (redis) => {
  it('takes a proof at one of them, and the nonce of either at both', async () => {
    const database = await createTestDatabase();
    const options = { database, redis: redis(), environment: SHARED_KEY };
    const [first, second] = [
      await TestApplication.start(options),
      await TestApplication.start(options),
    ];
    const post = (at: TestApplication, dpop: string) =>
      at.post('/oauth2/token', { grant_type: 'client_credentials' }, { ...basic('shop'), dpop });
    const asked = await post(first, await key.proof(TOKEN_URI));
    const theirs = asked.headers.get('dpop-nonce') ?? '';
    for (let round = 0; round < 10; round += 1) {
      const dpop = await key.proof(TOKEN_URI, { nonce: theirs });
      const answers = await Promise.all([first, second, first, second].map((at) => post(at, dpop)));
      const outcomes = await Promise.all(answers.map(outcome));
      expect(outcomes.sort()).toEqual(['200 DPoP', ...Array(3).fill('400 invalid_dpop_proof')]);
    }
    await Promise.all([first.stop(), second.stop()]);
    await database.drop();
  });
});
