import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { describeWithRedis } from '../storage/testing/describe-with-redis.js';
import { PARTNER_KEY, PARTNER_KID, SECRETS } from '../testing/bootstrap.fixture.js';
import { basic, ISSUER, SHARED_KEY, TestApplication } from '../testing/test-application.js';
import { JWT_BEARER_ASSERTION } from './client-credentials.parser.js';

const CLIENT_CREDENTIALS = { grant_type: 'client_credentials', scope: 'orders:read' };

async function partnerAssertion(): Promise<Record<string, string>> {
  const assertion = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256', kid: PARTNER_KID })
    .setIssuer('partner')
    .setSubject('partner')
    .setAudience(ISSUER)
    .setIssuedAt()
    .setExpirationTime('1 minute')
    .sign(PARTNER_KEY.privateKey);
  return { client_assertion_type: JWT_BEARER_ASSERTION, client_assertion: assertion };
}

describeWithRedis('an assertion that many replicas see at once', (redis) => {
  let database: TestDatabase;
  let replicas: TestApplication[];
  beforeAll(async () => {
    database = await createTestDatabase();
    const options = { database, redis: redis(), environment: SHARED_KEY };
    replicas = [await TestApplication.start(options), await TestApplication.start(options)];
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await database.drop();
  });

  it('gets one token, however often and wherever it is presented', async () => {
    for (let round = 0; round < 5; round += 1) {
      const form = { ...CLIENT_CREDENTIALS, ...(await partnerAssertion()) };
      const responses = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (replicas[index % 2] as TestApplication).post('/oauth2/token', form),
        ),
      );
      const statuses = responses.map(({ status }) => status).sort();
      expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 401)]);
    }
  });
});

describe('client authentication', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());

  it.each([
    ['two methods', { ...basic('partner', 'x') }, {}, 400],
    ['a secret beside the assertion', {}, { client_secret: 'x' }, 400],
    ['another client_id than the assertion’s', {}, { client_id: 'web' }, 400],
  ])('refuses %s', async (_, headers, form, status) => {
    const response = await server.post(
      '/oauth2/token',
      { ...CLIENT_CREDENTIALS, ...(await partnerAssertion()), ...form },
      headers,
    );
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  it.each([
    ['a client of assertions by a secret', { client_id: 'partner', client_secret: 'x' }],
    ['a client of assertions by its name', { client_id: 'partner' }],
    ['a client of Basic by its name', { client_id: 'web' }],
    [
      'a client of Basic by a posted secret',
      { client_id: 'web', client_secret: SECRETS['SECRET_OF_web'] ?? '' },
    ],
    ['a public client by a secret', { client_id: 'spa', client_secret: 'x' }],
  ])('falls back to no other method: refuses %s', async (_, credentials) => {
    const form = { ...CLIENT_CREDENTIALS, ...credentials };
    const response = await server.post('/oauth2/token', form);
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      error: 'invalid_client',
      error_description: 'client authentication failed',
    });
  });

  it('gives a public client nothing on its own behalf', async () => {
    const response = await server.post('/oauth2/token', {
      grant_type: 'client_credentials',
      client_id: 'spa',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'unauthorized_client' });
  });

  it('lets a public client revoke, and never introspect', async () => {
    const { access_token } = await server.token('shop');
    const form = { client_id: 'spa', token: access_token };
    expect((await server.post('/oauth2/revoke', form)).status).toBe(200);
    expect((await server.post('/oauth2/introspect', form)).status).toBe(401);
    // The token was not the public client's: it lives.
    const response = await server.post(
      '/oauth2/introspect',
      { token: access_token },
      basic('shop'),
    );
    expect(await response.json()).toMatchObject({ active: true });
  });
});
