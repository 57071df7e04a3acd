import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, type JWTPayload, jwtVerify } from 'jose';
import { SessionClock } from '../session/session.clock.js';
import { SessionService } from '../session/session.service.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { ALICE } from '../testing/bootstrap.fixture.js';
import { FakeBrowser } from '../testing/fake.browser.js';
import { grantTo, signIn } from '../testing/signed-in.fixture.js';
import { ISSUER, SHARED_KEY, TestApplication } from '../testing/test-application.js';
import { LogoutRelay } from './logout.relay.js';
import { ORIGIN } from '../testing/request-origin.fixture.js';

const MINUTE_MS = 60_000;

interface Received {
  readonly path: string;
  readonly token: string;
  readonly request: IncomingMessage;
}

/** A client's back-channel logout endpoint, on a real port. */
class LogoutEndpoint {
  readonly received: Received[] = [];
  answer: (response: ServerResponse) => void = (response) => response.writeHead(200).end();

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void text(request).then((body) => {
        const token = new URLSearchParams(body).get('logout_token') ?? '';
        this.received.push({ path: request.url ?? '', token, request });
        this.answer(response);
      });
    });
  }

  static async listen(): Promise<LogoutEndpoint> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new LogoutEndpoint(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/logout`;
  }

  of(sid: string): Received[] {
    return this.received.filter(({ token }) => decodeJwt(token)['sid'] === sid);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

describe('back-channel logout', () => {
  let database: TestDatabase;
  let server: TestApplication;
  let replica: TestApplication;
  let endpoint: LogoutEndpoint;
  let clockOffsetMs = 0;
  beforeAll(async () => {
    database = await createTestDatabase();
    const options = { database, environment: SHARED_KEY };
    server = await TestApplication.start(options);
    replica = await TestApplication.start(options);
    for (const { app } of [server, replica]) {
      jest
        .spyOn(app.get(SessionClock, { strict: false }), 'now')
        .mockImplementation(() => new Date(Date.now() + clockOffsetMs));
    }
  });
  afterAll(async () => {
    await Promise.all([server.stop(), replica.stop()]);
    await database.drop();
  });
  beforeEach(async () => {
    clockOffsetMs = 0;
    endpoint = await LogoutEndpoint.listen();
    await register('web', endpoint.url);
    await register('spa', null);
  });
  afterEach(async () => {
    await query('DELETE FROM logout_delivery');
    await endpoint.close();
  });

  const query = <T extends object>(statement: string, parameters: unknown[] = []) =>
    server.app.get(PostgresDatabase, { strict: false }).manager.query<T[]>(statement, parameters);
  const register = (clientId: string, uri: string | null) =>
    query('UPDATE client SET backchannel_logout_uri = $2 WHERE client_id = $1', [clientId, uri]);
  const end = (sid: string) =>
    server.app.get(SessionService, { strict: false }).end(sid, 'signed_out', ORIGIN);
  const relayAll = () =>
    Promise.all(
      [server, replica].map(({ app }) => app.get(LogoutRelay, { strict: false }).deliverDue()),
    );
  const outcomes = () =>
    query<{ outcome: string | null; attempts: number }>(
      'SELECT client_id, outcome, attempts FROM logout_delivery ORDER BY client_id',
    );

  async function signedIn(...clientIds: string[]): Promise<string> {
    const session = await signIn(server, new FakeBrowser());
    for (const clientId of clientIds) await grantTo(server, session, clientId);
    return session.sid;
  }

  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    for (const limit = Date.now() + 10_000; Date.now() < limit; await sleep(25)) {
      if (await condition()) return;
    }
    throw new Error('it did not come true within 10 seconds');
  }

  it('tells a client of the session by a token that it can verify', async () => {
    const sid = await signedIn('web', 'web', 'spa');
    const before = Math.floor(Date.now() / 1000);
    await end(sid);
    await until(() => endpoint.received.length > 0);
    const [{ path, token, request }] = endpoint.received as [Received];
    expect(path).toBe('/logout');
    expect(request).toMatchObject({
      method: 'POST',
      headers: { 'content-type': expect.stringMatching(/^application\/x-www-form-urlencoded/) },
    });
    const keys = createRemoteJWKSet(new URL(server.url('/.well-known/jwks.json')));
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: ISSUER,
      audience: 'web',
      typ: 'logout+jwt',
    });
    expect(protectedHeader).toMatchObject({ alg: 'ES256', kid: expect.any(String) });
    const expected: JWTPayload = {
      iss: ISSUER,
      aud: 'web',
      sub: ALICE,
      sid,
      jti: expect.stringMatching(/^[\w-]{22}$/) as unknown as string,
      iat: payload.iat ?? 0,
      exp: (payload.iat ?? 0) + 120,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    };
    expect(payload).toEqual(expected);
    expect(payload.iat).toBeGreaterThanOrEqual(before);
    await until(async () => (await outcomes())[0]?.outcome === 'delivered');
    expect(await outcomes()).toEqual([{ client_id: 'web', outcome: 'delivered', attempts: 1 }]);
  });

  it('tells nobody of the sessions of others', async () => {
    const [ended, other] = [await signedIn('web'), await signedIn('web')];
    await end(ended);
    await until(() => endpoint.of(ended).length === 1);
    await relayAll();
    expect(endpoint.of(other)).toEqual([]);
  });

  it('keeps nobody waiting for a client that does not answer', async () => {
    endpoint.answer = () => undefined;
    const sid = await signedIn('web');
    const start = Date.now();
    await end(sid);
    expect(Date.now() - start).toBeLessThan(2000);
    await until(() => endpoint.received.length === 1);
    expect(await outcomes()).toMatchObject([{ client_id: 'web', outcome: null, attempts: 1 }]);
  });

  it('tries again, later each time, with a new token, until the client is done', async () => {
    const statuses = [500, 400, 302, 204];
    endpoint.answer = (response) =>
      response
        .writeHead(statuses[endpoint.received.length - 1] ?? 200, { location: '/moved' })
        .end();
    const sid = await signedIn('web');
    await end(sid);
    for (let attempt = 1; attempt <= statuses.length; attempt += 1) {
      await until(() => endpoint.received.length === attempt);
      await until(async () => (await outcomes())[0]?.attempts === attempt);
      // Not due yet, for neither of the two.
      await relayAll();
      expect(endpoint.received).toHaveLength(attempt);
      clockOffsetMs += 6 * MINUTE_MS;
    }
    await until(async () => (await outcomes())[0]?.outcome === 'delivered');
    expect(endpoint.received.map(({ path }) => path)).toEqual(statuses.map(() => '/logout'));
    expect(new Set(endpoint.received.map(({ token }) => decodeJwt(token).jti)).size).toBe(4);
  });

  it('gives up a day later, and once the client is not to be told any more', async () => {
    endpoint.answer = (response) => response.writeHead(503).end();
    await end(await signedIn('web'));
    await until(() => endpoint.received.length === 1);
    // The attempt is over, and not only received, when its relay is done.
    await relayAll();
    clockOffsetMs = 24 * 60 * MINUTE_MS;
    await until(async () => (await outcomes())[0]?.outcome === 'given_up');
    expect(endpoint.received).toHaveLength(2);
    await query('DELETE FROM logout_delivery');
    const sid = await signedIn('web');
    clockOffsetMs = -MINUTE_MS;
    await end(sid);
    await register('web', null);
    clockOffsetMs = 0;
    await until(async () => (await outcomes())[0]?.outcome === 'given_up');
    expect(endpoint.of(sid)).toEqual([]);
  });

  it('is done once for each session by two replicas that race', async () => {
    const sids: string[] = [];
    for (let index = 0; index < 40; index += 1) sids.push(await signedIn('web'));
    let answers = 0;
    endpoint.answer = (response) => {
      answers += 1;
      // The first ones fail: they are not made good by the other replica before their time.
      response.writeHead(answers <= 5 ? 500 : 200).end();
    };
    await Promise.all(sids.map((sid) => end(sid)));
    await until(async () => {
      await relayAll();
      return (await outcomes()).filter(({ outcome }) => outcome === 'delivered').length === 35;
    });
    expect(sids.map((sid) => endpoint.of(sid).length)).toEqual(sids.map(() => 1));
    clockOffsetMs = MINUTE_MS;
    await until(async () => {
      await relayAll();
      return (await outcomes()).every(({ outcome }) => outcome === 'delivered');
    });
    expect(endpoint.received).toHaveLength(45);
  });

  it('takes over from a replica that died during an attempt', async () => {
    const sid = randomUUID();
    // What the dead replica left: claimed, and never finished. It comes into being as such, so that no
    // relay of this test, which all look on their own, can have claimed it before.
    await query(
      `INSERT INTO logout_delivery
         (client_id, account_id, sid, created_at, attempts, next_attempt_at)
       VALUES ('web', $1, $2, now() - interval '1 minute', 1, now() + interval '30 seconds')`,
      [ALICE, sid],
    );
    await relayAll();
    expect(endpoint.received).toEqual([]);
    clockOffsetMs = MINUTE_MS;
    await until(() => endpoint.of(sid).length === 1);
  });
});
