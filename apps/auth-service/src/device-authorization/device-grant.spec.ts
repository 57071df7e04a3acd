import { DEVICE_CODE_GRANT } from '@keyward/oauth';
import { decodeJwt, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { SessionRevocation } from '../session/session.revocation.js';
import { ALICE, ORDERS, PARTNER_KEY, PARTNER_KID, SECRETS } from '../testing/bootstrap.fixture.js';
import {
  decideFor,
  deviceDocument,
  DeviceFlow,
  type JsonAnswer,
} from '../testing/device.fixture.js';
import { DpopKey } from '../testing/dpop.fixture.js';
import { ORIGIN } from '../testing/request-origin.fixture.js';
import { basic, ISSUER, TestApplication } from '../testing/test-application.js';

const TOKEN_URI = `${ISSUER}/oauth2/token`;
const DEVICE_URI = `${ISSUER}/oauth2/device_authorization`;

describe('the device grant', () => {
  let server: TestApplication;
  let tv: DeviceFlow;
  beforeAll(async () => {
    server = await TestApplication.start({ bootstrap: deviceDocument() });
    tv = new DeviceFlow(server);
  });
  afterAll(() => server.stop());

  const outcome = ({ status, body }: JsonAnswer) => `${status} ${String(body['error'])}`;
  const printer = () => new DeviceFlow(server, basic('printer', SECRETS['SECRET_OF_web']), null);

  it('is told of in the metadata', async () => {
    const response = await fetch(server.url('/.well-known/oauth-authorization-server'));
    expect(await response.json()).toMatchObject({
      device_authorization_endpoint: DEVICE_URI,
      grant_types_supported: expect.arrayContaining([DEVICE_CODE_GRANT]),
    });
  });

  it('begins with two codes, of which one is for a person', async () => {
    const { status, headers, body } = await tv.ask({ scope: 'openid orders:read' });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/),
      user_code: expect.stringMatching(/^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/),
      verification_uri: `${ISSUER}/device`,
      verification_uri_complete: `${ISSUER}/device?user_code=${String(body['user_code'])}`,
      expires_in: 600,
      interval: 5,
    });
  });

  it.each([
    ['a client without the grant', { client_id: 'native' }, '400 unauthorized_client'],
    ['an unknown client', { client_id: 'nobody' }, '401 invalid_client'],
    ['no client', { client_id: '' }, '401 invalid_client'],
    ['a confidential client that only says so', { client_id: 'printer' }, '401 invalid_client'],
    ['a scope that the client may not have', { scope: 'openid email' }, '400 invalid_scope'],
    ['a malformed scope', { scope: 'a"b' }, '400 invalid_scope'],
    ['an unknown resource', { resource: 'urn:nothing' }, '400 invalid_target'],
    [
      'details of no type of the client',
      { authorization_details: '[{"type":"x"}]' },
      '400 invalid_authorization_details',
    ],
    ['a max_age that is none', { max_age: '-1' }, '400 invalid_request'],
    ['a scope twice', 'client_id=tv&scope=openid&scope=openid', '400 invalid_request'],
    ['a malformed body', 'client_id=tv&scope=%zz', '400 invalid_request'],
  ])('is refused for %s', async (_, form, expected) => {
    expect(outcome(await tv.ask(form))).toBe(expected);
  });

  it('answers no GET', async () => {
    const response = await fetch(server.url('/oauth2/device_authorization'));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('ends in the tokens of whoever allowed it', async () => {
    const codes = await tv.begin({ scope: 'openid offline_access orders:read' });
    expect(outcome(await tv.poll(codes.device_code))).toBe('400 authorization_pending');
    const { sid } = await decideFor(server, codes);
    const { status, headers, body } = await tv.poll(codes.device_code);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'openid offline_access orders:read',
      id_token: expect.any(String),
      refresh_token: expect.stringMatching(/^kwr_/),
    });
    const grantId = decodeJwt(String(body['access_token']))['grant_id'];
    expect(decodeJwt(String(body['access_token']))).toMatchObject({
      sub: ALICE,
      aud: expect.arrayContaining([ORDERS]),
      client_id: 'tv',
      acr: 'urn:keyward:acr:password',
      amr: ['pwd'],
    });
    expect(decodeJwt(String(body['id_token']))).toMatchObject({ sub: ALICE, aud: 'tv', sid });
    const refreshed = await server.post('/oauth2/token', {
      grant_type: 'refresh_token',
      refresh_token: String(body['refresh_token']),
      client_id: 'tv',
    });
    const { access_token } = (await refreshed.json()) as { access_token: string };
    expect(decodeJwt(access_token)['grant_id']).toBe(grantId);
  });

  it('gives its tokens once, and leaves them alone when it is asked again', async () => {
    const codes = await tv.begin({ scope: 'openid offline_access' });
    await decideFor(server, codes);
    const { body } = await tv.poll(codes.device_code);
    expect(outcome(await tv.poll(codes.device_code))).toBe('400 invalid_grant');
    const refreshed = await server.post('/oauth2/token', {
      grant_type: 'refresh_token',
      refresh_token: String(body['refresh_token']),
      client_id: 'tv',
    });
    expect(refreshed.status).toBe(200);
  });

  it('tells a device that asks too soon to slow down, and does not make it wait for the answer', async () => {
    const codes = await tv.begin();
    expect(outcome(await tv.poll(codes.device_code))).toBe('400 authorization_pending');
    expect(outcome(await tv.poll(codes.device_code))).toBe('400 slow_down');
    await decideFor(server, codes, false);
    expect(outcome(await tv.poll(codes.device_code))).toBe('400 access_denied');
  });

  it.each([
    ['an unknown code', () => tv.poll('x'.repeat(43)), 'invalid_grant'],
    ['no code', () => tv.poll(''), 'invalid_request'],
    [
      'a code of another device',
      async () => printer().poll((await tv.begin()).device_code),
      'invalid_grant',
    ],
    [
      'a user code in its place',
      async () => tv.poll((await tv.begin()).user_code),
      'invalid_grant',
    ],
  ])('refuses %s', async (_, poll, error) => {
    expect(outcome(await poll())).toBe(`400 ${error}`);
  });

  it('refuses a client that has lost the grant type, before it looks at the code', async () => {
    const native = new DeviceFlow(server, {}, 'native');
    expect(outcome(await native.poll('anything'))).toBe('400 unauthorized_client');
  });

  it('uses nothing up for a resource that was not allowed', async () => {
    const codes = await tv.begin({ scope: 'orders:read' });
    await decideFor(server, codes);
    const asked = await tv.poll(codes.device_code, { resource: 'urn:other' });
    expect(outcome(asked)).toBe('400 invalid_target');
    const { status, body } = await tv.poll(codes.device_code, { resource: ORDERS });
    expect([status, decodeJwt(String(body['access_token'])).aud]).toEqual([200, ORDERS]);
  });

  it('gives no refresh token to a device that may not have one', async () => {
    const device = printer();
    const codes = await device.begin({ scope: 'openid orders:read' });
    await decideFor(server, codes);
    const { status, body } = await device.poll(codes.device_code);
    expect([status, body['refresh_token']]).toEqual([200, undefined]);
  });

  it('gives nothing where the session at which it was allowed has ended since', async () => {
    const codes = await tv.begin({ scope: 'openid' });
    const { sid } = await decideFor(server, codes);
    const end = server.app.get(SessionRevocation, { strict: false });
    await end.revokeSession(sid, { reason: 'signed_out', by: `account ${ALICE}` }, ORIGIN);
    expect(outcome(await tv.poll(codes.device_code))).toBe('400 invalid_grant');
  });

  it('authenticates a client by its assertion at both endpoints', async () => {
    const signer = new DeviceFlow(server, {}, null);
    const assertion = async (audience: string) => ({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'ES256', kid: PARTNER_KID })
        .setIssuer('signer')
        .setSubject('signer')
        .setAudience(audience)
        .setExpirationTime('1m')
        .sign(PARTNER_KEY.privateKey),
    });
    const codes = await signer.begin({ scope: 'openid', ...(await assertion(ISSUER)) });
    await decideFor(server, codes);
    const unsigned = await signer.poll(codes.device_code, { client_id: 'signer' });
    expect(outcome(unsigned)).toBe('401 invalid_client');
    expect((await signer.poll(codes.device_code, await assertion(TOKEN_URI))).status).toBe(200);
  });

  describe('with a key', () => {
    const proofFor = async (key: DpopKey, uri: string) => {
      const nonce = await nonceOf();
      return { dpop: await key.proof(uri, { nonce }) };
    };
    const nonceOf = async () => {
      const key = await DpopKey.generate();
      const answer = await tv.poll('x', {}, { dpop: await key.proof(TOKEN_URI) });
      return answer.headers.get('dpop-nonce') ?? undefined;
    };

    it('binds what a device gets to the key that it proves at the token endpoint', async () => {
      const bound = new DeviceFlow(server, {}, 'bound');
      const key = await DpopKey.generate();
      const codes = await bound.begin({ scope: 'openid offline_access orders:read' });
      await decideFor(server, codes);
      expect(outcome(await bound.poll(codes.device_code))).toBe('400 invalid_request');
      const proof = await proofFor(key, TOKEN_URI);
      const { status, body } = await bound.poll(codes.device_code, {}, proof);
      expect([status, body['token_type']]).toEqual([200, 'DPoP']);
      expect(decodeJwt(String(body['access_token']))).toMatchObject({ cnf: { jkt: key.jkt } });
      const refresh = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
      const thief = await proofFor(await DpopKey.generate(), TOKEN_URI);
      const stolen = await server.post('/oauth2/token', { ...refresh, client_id: 'bound' }, thief);
      expect(stolen.status).toBe(400);
    });

    it('takes codes that were asked for with a key from the holder of that key alone', async () => {
      const key = await DpopKey.generate();
      const { body: codes } = await tv.ask({ scope: 'openid' }, await proofFor(key, DEVICE_URI));
      const deviceCode = String(codes['device_code']);
      await decideFor(server, { user_code: String(codes['user_code']) });
      expect(outcome(await tv.poll(deviceCode))).toBe('400 invalid_grant');
      const thief = await proofFor(await DpopKey.generate(), TOKEN_URI);
      expect(outcome(await tv.poll(deviceCode, {}, thief))).toBe('400 invalid_grant');
      expect((await tv.poll(deviceCode, {}, await proofFor(key, TOKEN_URI))).status).toBe(200);
    });

    it('refuses a proof for another endpoint', async () => {
      const key = await DpopKey.generate();
      const answer = await tv.ask({}, await proofFor(key, TOKEN_URI));
      expect(outcome(answer)).toBe('400 invalid_dpop_proof');
    });
  });
});
