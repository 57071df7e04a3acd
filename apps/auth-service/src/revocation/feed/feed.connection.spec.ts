import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientCredentialsTokens, RevocationFeed, SseRevocationSource } from '@keyward/auth';
import { REVOCATIONS_PATH, REVOCATIONS_READ_SCOPE } from '@keyward/oauth';
import { PostgresDatabase } from '../../storage/postgres/postgres.database.js';
import { createTestDatabase, type TestDatabase } from '../../storage/testing/test-database.js';
import { ORDERS, SECRETS } from '../../testing/bootstrap.fixture.js';
import { FaultProxy } from '../../testing/fault-proxy.js';
import { FeedReader } from '../../testing/feed.reader.js';
import { TestApplication } from '../../testing/test-application.js';
import { RevocationService } from '../revocation.service.js';

/** As many as one client may have. */
const CONNECTIONS = 200;

describe('the connections of the revocation feed', () => {
  let database: TestDatabase;
  let server: TestApplication;
  beforeEach(async () => {
    database = await createTestDatabase();
    server = await TestApplication.start({ database });
  });
  afterEach(async () => {
    await server.stop();
    await database.drop();
  });

  const feedToken = async () =>
    (await server.token('orders', { scope: REVOCATIONS_READ_SCOPE })).access_token;
  const revoke = async (jti: string) => {
    const exp = Math.floor(Date.now() / 1000) + 300;
    const service = server.app.get(RevocationService, { strict: false });
    await service.revokeToken({ jti, exp, audiences: [ORDERS] }, 'test');
  };

  it.each([
    ['cut', 'refuse'],
    ['silent', 'hang'],
  ] as const)('are made again where the network was %s, and miss nothing', async (_, fault) => {
    const proxy = await FaultProxy.to(server.url('/'));
    const tokens = new ClientCredentialsTokens({
      tokenUrl: server.url('/oauth2/token'),
      clientId: 'orders',
      clientSecret: SECRETS['SECRET_OF_orders'] as string,
      scope: REVOCATIONS_READ_SCOPE,
    });
    const url = new URL(REVOCATIONS_PATH, proxy.url).href;
    const source = new SseRevocationSource({ url, tokens, silenceMs: 6000, timeoutMs: 1000 });
    const feed = new RevocationFeed({ source });
    const knows = (jti: string) =>
      feed.find(
        { tokenId: jti, grantId: undefined, clientId: undefined, issuedAt: undefined },
        undefined,
      ) === 'jti';
    feed.start();
    try {
      await revoke('before');
      await until(() => knows('before') && feed.state().replayed);
      proxy.become(fault);
      await revoke('during');
      await until(() => feed.state().lastFailure !== undefined);
      expect(knows('during')).toBe(false);
      proxy.become('pass');
      await until(() => knows('during') && feed.state().lastFailure === undefined);
      expect(knows('before')).toBe(true);
    } finally {
      await feed.stop();
      await proxy.close();
    }
  });

  it('are cut where nobody reads, which keeps nobody else from reading', async () => {
    await server.app.get(PostgresDatabase, { strict: false }).manager.query(
      `WITH counter AS (UPDATE revocation_position SET last = 20000)
         INSERT INTO revocation (kind, value, expires_at, reason, position, relayed_at)
         SELECT 'jti', n || repeat('x', 1000), now() + interval '1 hour', 'test', n, now()
         FROM generate_series(1, 20000) n`,
    );
    const token = await feedToken();
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.pause();
    socket.write(
      `GET ${REVOCATIONS_PATH} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    const reader = await FeedReader.open(server.url(REVOCATIONS_PATH), token);
    await reader.caughtUp();
    expect(reader.revocations).toHaveLength(20_000);
    reader.close();
    await sleep(11_000);
    let received = '';
    socket.setEncoding('utf8').on('data', (text: string) => (received += text));
    socket.on('error', () => undefined).resume();
    await once(socket, 'close');
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
    expect(received).toContain('event: start');
    expect(received).not.toContain('event: heartbeat');
  });

  it('are no more than one client may have, and one that ends makes room', async () => {
    const token = await feedToken();
    const open = () => FeedReader.open(server.url(REVOCATIONS_PATH), token);
    const readers = await Promise.all(Array.from({ length: CONNECTIONS }, open));
    const refused = await fetch(server.url(REVOCATIONS_PATH), {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await refused.text()).not.toContain('follower');
    readers[0]?.close();
    let another: FeedReader | undefined;
    for (let attempt = 0; attempt < 200 && another === undefined; attempt += 1) {
      await sleep(10);
      another = await open().catch(() => undefined);
    }
    await another?.caughtUp();
    expect(another?.revocations).toEqual([]);
    for (const reader of [...readers, another]) reader?.close();
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(5)) if (condition()) return;
  throw new Error('not within 20 seconds');
}
