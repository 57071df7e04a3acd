import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { createClient } from 'redis';
import { type SessionConfig } from '../config/session.config.js';
import { type GrantService, type RevocationCause } from '../grant/grant.service.js';
import { MemorySessionCopyStore } from '../storage/memory/memory-session-copy.store.js';
import { PostgresSessionOutbox } from '../storage/postgres/postgres-session.outbox.js';
import { PostgresSessionRecord } from '../storage/postgres/postgres-session.record.js';
import { RedisConnection } from '../storage/redis/redis.connection.js';
import { RedisSessionCopyStore } from '../storage/redis/redis-session-copy.store.js';
import { describeWithRedis } from '../storage/testing/describe-with-redis.js';
import { FakeBrowser } from '../testing/fake.browser.js';
import { FaultProxy } from '../testing/fault-proxy.js';
import { openDatabase, openTestDatabase } from '../testing/open-database.js';
import { RecordedAudit } from '../testing/recorded-audit.js';
import { ACCOUNT_ID, insertAccount, UNCHANGED } from '../testing/session.fixture.js';
import { type SessionCopyStore } from './session-copy.store.js';
import { SessionReader } from './session.reader.js';
import { SessionRelay } from './session.relay.js';
import { SessionService } from './session.service.js';
import { PASSWORD_ACR, PASSWORD_AMR } from '../authentication/acr.js';
import { ORIGIN } from '../testing/request-origin.fixture.js';

const SIGN_IN = { accountId: ACCOUNT_ID, acr: PASSWORD_ACR, amr: [PASSWORD_AMR], basis: UNCHANGED };
const CONFIG: SessionConfig = {
  idleSeconds: 7200,
  absoluteSeconds: 43_200,
  rememberDeviceSeconds: 0,
};
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Remembers which sessions' grants it was told to revoke. */
class RememberingGrants {
  down = false;
  readonly revoked: [string, RevocationCause][] = [];

  async revokeOfSession(sid: string, cause: RevocationCause): Promise<void> {
    if (this.down) throw new TemporarilyUnavailableError('down');
    this.revoked.push([sid, cause]);
  }
}

class TurnedClock {
  offsetMs = 0;
  now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }
}

describe('SessionService', () => {
  let url: string;
  let close: () => Promise<void>;
  const closers: (() => unknown)[] = [];
  const clock = new TurnedClock();
  let grants: RememberingGrants;
  let audit: RecordedAudit;
  beforeEach(async () => {
    const opened = await openTestDatabase();
    ({ url, close } = opened);
    await insertAccount(opened.database);
    clock.offsetMs = 0;
    grants = new RememberingGrants();
    audit = new RecordedAudit();
  });
  afterEach(async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
    await close();
  });

  async function serve(
    copies: SessionCopyStore,
    options: { issuer?: string; databaseUrl?: string } = {},
  ) {
    const database = await openDatabase(options.databaseUrl ?? url);
    closers.push(() => database.onApplicationShutdown());
    const record = new PostgresSessionRecord(database);
    const outbox = new PostgresSessionOutbox(database);
    const relay = new SessionRelay(outbox, copies, grants as unknown as GrantService);
    const reader = new SessionReader(record, copies, relay, clock, CONFIG);
    closers.push(() => Promise.all([relay.onModuleDestroy(), reader.onModuleDestroy()]));
    const server = { issuer: options.issuer ?? 'https://login.example.com' };
    const service = new SessionService(
      record,
      reader,
      relay,
      audit,
      clock,
      server as ConstructorParameters<typeof SessionService>[5],
      CONFIG,
    );
    return { service, relay, reader, database, outbox };
  }

  async function signIn(service: SessionService, browser: FakeBrowser, accountId = ACCOUNT_ID) {
    const signedIn = { ...SIGN_IN, accountId };
    const session = await service.start(signedIn, browser.request, browser.reply);
    if (session === null) throw new Error('refused');
    return session;
  }

  it.each([
    [
      'https://login.example.com',
      /^__Host-keyward-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    ],
    ['http://127.0.0.1:4000', /^keyward-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/],
  ])('gives the browser of %s a cookie with exactly its attributes', async (issuer, expected) => {
    const { service } = await serve(new MemorySessionCopyStore(), { issuer });
    const browser = new FakeBrowser();
    const session = await signIn(service, browser);
    expect(browser.received).toEqual([expect.stringMatching(expected)]);
    expect(await service.find(browser.request)).toMatchObject({ sid: session.sid });
    service.forget(browser.reply);
    expect(browser.received[1]).toMatch(/keyward-session=; Path=\/; HttpOnly; .*Max-Age=0$/);
    expect(await service.find(browser.request)).toBeNull();
  });

  it.each([
    ['https://login.example.com', 0],
    ['http://127.0.0.1:4000', 1],
  ])('says once at boot of %s whether its cookies go unprotected', async (issuer, times) => {
    const { service } = await serve(new MemorySessionCopyStore(), { issuer });
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    service.onApplicationBootstrap();
    expect(warn.mock.calls).toEqual(
      Array.from({ length: times }, () => [expect.stringContaining('without Secure')]),
    );
    warn.mockRestore();
  });

  it('finds nothing for no cookie, another form of value, a stranger, and two cookies', async () => {
    const { service } = await serve(new MemorySessionCopyStore());
    const browser = new FakeBrowser();
    await signIn(service, browser);
    const cookie = browser.header ?? '';
    for (const header of [
      undefined,
      '__Host-keyward-session=x',
      `__Host-keyward-session=${'A'.repeat(43)}`,
      `${cookie}; ${cookie}`,
      `${cookie}; __Host-keyward-session=${'A'.repeat(43)}`,
      cookie.replace('__Host-', ''),
      `${cookie}A`,
    ]) {
      browser.header = header;
      expect(await service.find(browser.request)).toBeNull();
    }
    browser.header = `a=b; ${cookie}; c=d`;
    expect(await service.find(browser.request)).not.toBeNull();
  });

  it('takes no cookie value that was there before the sign-in (session fixation)', async () => {
    const { service } = await serve(new MemorySessionCopyStore());
    const [attacker, victim] = [new FakeBrowser(), new FakeBrowser()];
    const planted = `__Host-keyward-session=${'A'.repeat(43)}`;
    victim.header = planted;
    await signIn(service, victim);
    expect(victim.header).not.toBe(planted);
    attacker.header = planted;
    expect(await service.find(attacker.request)).toBeNull();
  });

  it('turns nobody in who signs in over a session that an attacker knows (session fixation)', async () => {
    const { service } = await serve(new MemorySessionCopyStore());
    const [attacker, victim] = [new FakeBrowser(), new FakeBrowser()];
    const attackers = randomUUID();
    const { database } = await serve(new MemorySessionCopyStore());
    await insertAccount(database, attackers);
    const { sid } = await signIn(service, attacker, attackers);
    victim.header = attacker.header;
    const session = await signIn(service, victim);
    expect(session).toMatchObject({ accountId: ACCOUNT_ID });
    expect(session.sid).not.toBe(sid);
    expect(await service.find(attacker.request)).toBeNull();
    expect(await service.find(victim.request)).toMatchObject({ accountId: ACCOUNT_ID });
    expect(grants.revoked.map(([revoked]) => revoked)).toEqual([sid]);
    expect(audit.events).toEqual([
      expect.objectContaining({ type: 'session.ended', reason: 'account_changed', sid }),
    ]);
  });

  it('keeps the sid of the same account, with a new cookie and a new time of sign-in', async () => {
    const { service } = await serve(new MemorySessionCopyStore());
    const [browser, thief] = [new FakeBrowser(), new FakeBrowser()];
    const first = await signIn(service, browser);
    await service.find(browser.request);
    thief.header = browser.header;
    clock.offsetMs = MINUTE_MS;
    const second = await signIn(service, browser);
    expect(second.sid).toBe(first.sid);
    expect(second.authenticatedAt.getTime()).toBeGreaterThanOrEqual(
      first.authenticatedAt.getTime() + MINUTE_MS,
    );
    expect(browser.header).not.toBe(thief.header);
    expect(await service.find(thief.request)).toBeNull();
    expect(await service.find(browser.request)).toMatchObject({
      sid: first.sid,
      authenticatedAt: second.authenticatedAt,
    });
    expect(grants.revoked).toEqual([]);
  });

  it('idles out after two hours without use, and ends twelve hours after the sign-in', async () => {
    const { service } = await serve(new MemorySessionCopyStore());
    const [used, idle] = [new FakeBrowser(), new FakeBrowser()];
    await signIn(service, used);
    await signIn(service, idle);
    for (const hours of [1.9, 3.8, 5.7, 7.6, 9.5, 11.4, 11.9]) {
      clock.offsetMs = hours * HOUR_MS;
      expect(await service.find(used.request)).not.toBeNull();
      if (hours > 2) expect(await service.find(idle.request)).toBeNull();
    }
    clock.offsetMs = 12 * HOUR_MS;
    expect(await service.find(used.request)).toBeNull();
  });

  it('ends a session for good, once, and the audit says why', async () => {
    const { service } = await serve(new MemorySessionCopyStore());
    const browser = new FakeBrowser();
    const { sid } = await signIn(service, browser);
    await service.find(browser.request);
    await Promise.all(Array.from({ length: 5 }, () => service.end(sid, 'signed_out', ORIGIN)));
    await service.end(sid, 'again', ORIGIN);
    expect(await service.find(browser.request)).toBeNull();
    expect(grants.revoked).toEqual([[sid, { reason: 'signed_out', by: `account ${ACCOUNT_ID}` }]]);
    expect(audit.events).toEqual([
      {
        type: 'session.ended',
        outcome: 'success',
        reason: 'signed_out',
        sid,
        accountId: ACCOUNT_ID,
      },
    ]);
  });

  it('revokes the grants of an ended session later where it cannot do so at once', async () => {
    const { service, relay, outbox } = await serve(new MemorySessionCopyStore());
    const browser = new FakeBrowser();
    const { sid } = await signIn(service, browser);
    grants.down = true;
    await service.end(sid, 'signed_out', ORIGIN);
    expect(await service.find(browser.request)).toBeNull();
    expect(await outbox.findUnsettled(10)).toHaveLength(1);
    grants.down = false;
    relay.onApplicationBootstrap();
    for (let wait = 0; wait < 100 && grants.revoked.length === 0; wait += 1) await sleep(50);
    expect(grants.revoked).toEqual([[sid, { reason: 'signed_out', by: `account ${ACCOUNT_ID}` }]]);
  });

  it('does not find a session that ends while it is looked up', async () => {
    const { service, reader } = await serve(new MemorySessionCopyStore());
    for (let round = 0; round < 30; round += 1) {
      const browser = new FakeBrowser();
      const { sid } = await signIn(service, browser);
      await Promise.all([
        service.find(browser.request),
        service.end(sid, 'signed_out', ORIGIN),
        service.find(browser.request),
        sleep(round % 5).then(() => service.find(browser.request)),
      ]);
      expect(await service.find(browser.request)).toBeNull();
    }
    await reader.onModuleDestroy();
  });

  describeWithRedis('on Redis', (redis) => {
    let redisProxy: FaultProxy;
    let postgresProxy: FaultProxy;
    beforeEach(async () => {
      redisProxy = await FaultProxy.to(redis().url);
      postgresProxy = await FaultProxy.to(url);
    });
    afterEach(() => Promise.all([redisProxy.close(), postgresProxy.close()]));

    async function connect(redisUrl = redis().url): Promise<SessionCopyStore> {
      const { keyPrefix } = redis();
      const options = { url: redisUrl, keyPrefix, requireNoEviction: false };
      const connection = new RedisConnection(options);
      await connection.onModuleInit();
      closers.push(() => connection.onApplicationShutdown());
      return new RedisSessionCopyStore(connection);
    }

    async function flush(): Promise<void> {
      const client = createClient({ url: redis().url });
      await client.connect();
      for await (const keys of client.scanIterator({ MATCH: `${redis().keyPrefix}*` })) {
        if (keys.length > 0) await client.del(keys);
      }
      await client.close();
    }

    /** As the rest of the world sees a replica: it finds the session as soon as it can. */
    async function eventually(find: () => Promise<unknown>): Promise<unknown> {
      for (let attempt = 0; attempt < 100; attempt += 1, await sleep(50)) {
        const found = await find().catch(() => undefined);
        if (found !== undefined) return found;
      }
      throw new Error('it did not become available');
    }

    it('is one session at every replica, ended at all of them at once', async () => {
      const [one, other] = [await serve(await connect()), await serve(await connect())];
      const browser = new FakeBrowser();
      const { sid } = await signIn(one.service, browser);
      for (const { service } of [one, other, one, other]) {
        expect(await service.find(browser.request)).toMatchObject({ sid });
      }
      await other.service.end(sid, 'signed_out', ORIGIN);
      for (const { service } of [one, other]) {
        expect(await service.find(browser.request)).toBeNull();
      }
    });

    it.each(['refuse', 'hang'] as const)(
      'is answered by the record while Redis does %s, and ended for good when it is back',
      async (fault) => {
        const { service } = await serve(await connect(redisProxy.url));
        const [ended, living] = [new FakeBrowser(), new FakeBrowser()];
        const { sid } = await signIn(service, ended);
        await signIn(service, living);
        expect(await service.find(ended.request)).not.toBeNull();
        redisProxy.become(fault);
        expect(await service.find(ended.request)).not.toBeNull();
        await service.end(sid, 'signed_out', ORIGIN);
        expect(await service.find(ended.request)).toBeNull();
        expect(await service.find(living.request)).not.toBeNull();
        redisProxy.become('pass');
        for (let look = 0; look < 40; look += 1) {
          expect(await service.find(ended.request)).toBeNull();
          expect(await service.find(living.request)).not.toBeNull();
          await sleep(50);
        }
      },
    );

    it('is ended also at a replica that was cut off from Redis with the one that ended it', async () => {
      const one = await serve(await connect(redisProxy.url));
      const other = await serve(await connect(redisProxy.url));
      const browser = new FakeBrowser();
      const { sid } = await signIn(one.service, browser);
      expect(await other.service.find(browser.request)).not.toBeNull();
      redisProxy.become('refuse');
      await one.service.end(sid, 'signed_out', ORIGIN);
      redisProxy.become('pass');
      for (let look = 0; look < 40; look += 1, await sleep(25)) {
        expect(await other.service.find(browser.request)).toBeNull();
      }
    });

    it('does not come back after a flush, whoever read the record before', async () => {
      const copies = await connect();
      const { service, relay } = await serve(copies);
      const [ended, living] = [new FakeBrowser(), new FakeBrowser()];
      const { sid } = await signIn(service, ended);
      await signIn(service, living);
      expect(await service.find(ended.request)).not.toBeNull();
      await service.end(sid, 'signed_out', ORIGIN);
      await flush();
      await relay.catchUp();
      expect(await service.find(ended.request)).toBeNull();
      expect(await service.find(living.request)).not.toBeNull();
    });

    it('goes on by its copy while PostgreSQL is down, and is 503 without one', async () => {
      const { service } = await serve(await connect(), { databaseUrl: postgresProxy.url });
      const [copied, uncopied] = [new FakeBrowser(), new FakeBrowser()];
      const { sid } = await signIn(service, copied);
      await signIn(service, uncopied);
      expect(await service.find(copied.request)).not.toBeNull();
      postgresProxy.become('refuse');
      expect(await service.find(copied.request)).toMatchObject({ sid });
      clock.offsetMs = 5 * MINUTE_MS;
      expect(await service.find(copied.request)).toMatchObject({ sid });
      await expect(service.find(uncopied.request)).rejects.toThrow(TemporarilyUnavailableError);
      await expect(service.end(sid, 'signed_out', ORIGIN)).rejects.toThrow(
        TemporarilyUnavailableError,
      );
      const before = copied.header;
      await expect(signIn(service, copied)).rejects.toThrow(TemporarilyUnavailableError);
      expect(copied.header).toBe(before);
      postgresProxy.become('pass');
      expect(await eventually(() => service.find(uncopied.request))).not.toBeNull();
    });

    it('believes no copy on a new connection while the record cannot say what ended', async () => {
      const { service } = await serve(await connect(redisProxy.url), {
        databaseUrl: postgresProxy.url,
      });
      const elsewhere = await serve(await connect(redisProxy.url));
      const browser = new FakeBrowser();
      const { sid } = await signIn(service, browser);
      expect(await service.find(browser.request)).not.toBeNull();
      redisProxy.become('refuse');
      await elsewhere.service.end(sid, 'signed_out', ORIGIN);
      postgresProxy.become('refuse');
      redisProxy.become('pass');
      for (let look = 0; look < 20; look += 1, await sleep(50)) {
        const found = await service.find(browser.request).catch((error: unknown) => error);
        expect(found === null || found instanceof TemporarilyUnavailableError).toBe(true);
      }
    });

    it('races sign-ins, sign-outs and lookups at two replicas, and nobody stays who signed out', async () => {
      const [one, other] = [await serve(await connect()), await serve(await connect())];
      for (let round = 0; round < 20; round += 1) {
        const browser = new FakeBrowser();
        const { sid } = await signIn(one.service, browser);
        const former = browser.request;
        const rotating = new FakeBrowser();
        rotating.header = browser.header;
        await Promise.all([
          other.service.find(former),
          one.service.end(sid, 'signed_out', ORIGIN),
          other.service.find(former),
          signIn(other.service, rotating),
          one.service.find(former),
        ]);
        expect(await one.service.find(former)).toBeNull();
        expect(await other.service.find(former)).toBeNull();
        const survivor = await one.service.find(rotating.request);
        expect(survivor?.sid).not.toBe(sid);
        expect(await other.service.find(rotating.request)).toEqual(
          survivor === null ? null : expect.objectContaining({ sid: survivor.sid }),
        );
      }
    });
  });
});
