import { REVOCATIONS_PATH, REVOCATIONS_READ_SCOPE } from '@keyward/oauth';
import { decodeJwt } from 'jose';
import { PostgresDatabase } from '../../storage/postgres/postgres.database.js';
import { createTestDatabase, type TestDatabase } from '../../storage/testing/test-database.js';
import { ORDERS, PAYMENTS } from '../../testing/bootstrap.fixture.js';
import { FeedReader } from '../../testing/feed.reader.js';
import { basic, ISSUER, SHARED_KEY, TestApplication } from '../../testing/test-application.js';
import { RevocationService } from '../revocation.service.js';
import { ORIGIN } from '../../testing/request-origin.fixture.js';

const cause = { reason: 'test', by: 'server' };

describe('GET /oauth2/revocations', () => {
  let database: TestDatabase;
  let server: TestApplication;
  let replica: TestApplication;
  const readers: FeedReader[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    const options = { database, environment: SHARED_KEY };
    server = await TestApplication.start(options);
    replica = await TestApplication.start(options);
  });
  afterEach(() => readers.splice(0).forEach((reader) => reader.close()));
  afterAll(async () => {
    await Promise.all([server.stop(), replica.stop()]);
    await database.drop();
  });

  const feedToken = async (clientId: string) =>
    (await server.token(clientId, { scope: REVOCATIONS_READ_SCOPE })).access_token;
  const follow = async (clientId: string, lastEventId?: string, at = server) => {
    const token = await feedToken(clientId);
    const reader = await FeedReader.open(at.url(REVOCATIONS_PATH), token, lastEventId);
    readers.push(reader);
    return reader;
  };
  const service = (at = server) => at.app.get(RevocationService, { strict: false });
  const revokedToken = async (resource?: string) => {
    const { access_token } = await server.token('shop', resource === undefined ? {} : { resource });
    const { jti } = decodeJwt(access_token);
    await server.post('/oauth2/revoke', { token: access_token }, basic('shop'));
    return `jti ${jti}`;
  };
  const get = (headers: Record<string, string>) => fetch(server.url(REVOCATIONS_PATH), { headers });

  it('sends what is in force, then a heartbeat, then what comes, and what concerns all', async () => {
    const before = await revokedToken();
    const reader = await (await follow('orders')).caughtUp();
    expect(reader.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(reader.messages[0]).toEqual({ event: 'start', id: null, data: { position: 0 } });
    expect(reader.revocations).toContain(before);
    const [during, atReplica] = [await revokedToken(), 'somebody'];
    await service(replica).revokeClient(atReplica, cause);
    await reader.until(({ revocations }) => revocations.length >= 3);
    expect(reader.revocations.slice(-2)).toEqual([during, 'client somebody']);
    expect(reader.messages.at(-1)).toEqual({
      event: 'revocation',
      id: expect.any(String),
      data: {
        kind: 'client',
        value: 'somebody',
        iat_before: expect.any(Number),
        exp: expect.any(Number),
        position: expect.any(Number),
        previous: expect.any(Number),
      },
    });
  });

  it('answers a HEAD with the headers alone, and ends it', async () => {
    const authorization = `Bearer ${await feedToken('orders')}`;
    const url = server.url(REVOCATIONS_PATH);
    const signal = AbortSignal.timeout(5000);
    const response = await fetch(url, { method: 'HEAD', headers: { authorization }, signal });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await response.text()).toBe('');
  });

  it('links each message to the one before', async () => {
    const reader = await (await follow('payments')).caughtUp();
    await revokedToken(ORDERS);
    const last = await revokedToken(PAYMENTS);
    await reader.until(({ revocations }) => revocations.includes(last));
    const places = reader.messages.map(
      ({ data }) => data as { position: number; previous: number },
    );
    expect(places.slice(1).map(({ previous }) => previous)).toEqual(
      places.slice(0, -1).map(({ position }) => position),
    );
  });

  it('tells a resource server nothing of what concerns others alone', async () => {
    const [orders, payments] = [await follow('orders'), await follow('payments')];
    const [one, other] = [await revokedToken(ORDERS), await revokedToken(PAYMENTS)];
    await service().revokeKey('a-key-of-no-one', cause, ORIGIN);
    await orders.until(({ revocations }) => revocations.includes('kid a-key-of-no-one'));
    await payments.until(({ revocations }) => revocations.includes('kid a-key-of-no-one'));
    expect(orders.revocations).toContain(one);
    expect(JSON.stringify(orders.messages)).not.toContain(other.slice(4));
    expect(payments.revocations).toContain(other);
    expect(JSON.stringify(payments.messages)).not.toContain(one.slice(4));
  });

  it('goes on where a follower left off', async () => {
    const reader = await (await follow('orders')).caughtUp();
    const id = reader.messages.at(-1)?.id ?? '';
    reader.close();
    const missed = await revokedToken(ORDERS);
    const again = await (await follow('orders', id, replica)).caughtUp();
    expect(again.messages[0]?.data).toEqual({ position: Number(id) });
    expect(again.revocations).toEqual([missed]);
  });

  it.each(['999999999', 'nonsense', '-1', ''])(
    'starts over for a follower that comes with the position %j',
    async (id) => {
      const reader = await (await follow('orders', id)).caughtUp();
      expect(reader.messages[0]?.data).toEqual({ position: 0 });
      expect(reader.revocations.length).toBeGreaterThan(2);
    },
  );

  it('ends a connection whose token is revoked', async () => {
    const token = await feedToken('orders');
    const reader = await FeedReader.open(server.url(REVOCATIONS_PATH), token);
    await reader.caughtUp();
    await server.post('/oauth2/revoke', { token }, basic('orders'));
    await reader.until(({ ended }) => ended);
    await expect(FeedReader.open(server.url(REVOCATIONS_PATH), token)).rejects.toThrow(/^401/);
  });

  it('ends every connection, to start over, where the record was restored', async () => {
    const reader = await (await follow('orders')).caughtUp();
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    await manager.query('DELETE FROM revocation');
    await manager.query('UPDATE revocation_position SET last = 1');
    await reader.until(({ ended }) => ended);
    const again = await (await follow('orders', '999')).caughtUp();
    expect(again.messages[0]?.data).toEqual({ position: 0 });
  });

  it.each([
    ['no token', {}, 401, 'Bearer'],
    ['two tokens', { authorization: 'Bearer a b' }, 400, 'Bearer error="invalid_request"'],
    ['garbage', { authorization: 'Bearer garbage' }, 401, 'Bearer error="invalid_token"'],
  ])('refuses %s', async (_, headers, status, challenge) => {
    const response = await get(headers as Record<string, string>);
    expect(response.status).toBe(status);
    expect(response.headers.get('www-authenticate')).toMatch(new RegExp(`^${challenge}`));
    await response.body?.cancel();
  });

  it('refuses a token for another resource', async () => {
    const { access_token } = await server.token('shop');
    const response = await get({ authorization: `Bearer ${access_token}` });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: 'invalid_token' });
  });

  it('gives the scope to resource servers alone, and to them alone by itself', async () => {
    const ask = async (clientId: string, form: Record<string, string>) => {
      const request = { grant_type: 'client_credentials', ...form };
      const response = await server.post('/oauth2/token', request, basic(clientId));
      return ((await response.json()) as { error?: string; scope?: string }).error ?? 'ok';
    };
    const scope = REVOCATIONS_READ_SCOPE;
    expect(await ask('orders', { scope, resource: ISSUER })).toBe('ok');
    expect(await ask('orders', { scope, resource: ORDERS })).not.toBe('ok');
    expect(await ask('orders', {})).toBe('invalid_scope');
    expect(await ask('shop', { scope })).toBe('invalid_scope');
    expect(await ask('shop', { scope: `${scope} orders:read` })).toBe('invalid_scope');
  });

  it('lets go of its followers when it stops', async () => {
    const third = await TestApplication.start({ database, environment: SHARED_KEY });
    const reader = await (await follow('orders', undefined, third)).caughtUp();
    const started = Date.now();
    await third.stop();
    await reader.until(({ ended }) => ended);
    expect(Date.now() - started).toBeLessThan(5000);
  });
});
