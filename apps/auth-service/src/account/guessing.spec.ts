import { setTimeout as sleep } from 'node:timers/promises';
import { BufferedAuditTrail } from '../audit/buffered.audit-trail.js';
import { describeWithRedis } from '../storage/testing/describe-with-redis.js';
import { PostgresAccountStore } from '../storage/postgres/postgres-account.store.js';
import { PostgresAuditRecord } from '../storage/postgres/postgres-audit.record.js';
import { RedisConnection } from '../storage/redis/redis.connection.js';
import { RedisSignInBrake } from '../storage/redis/redis-sign-in.brake.js';
import { accountFixture } from '../testing/account.fixture.js';
import { openTestDatabase } from '../testing/open-database.js';
import { PasswordAuthenticator, type PasswordOutcome } from './password.authenticator.js';
import { PasswordHasher } from './password.hasher.js';

const ACCOUNTS = Array.from({ length: 30 }, (_, index) =>
  accountFixture({ username: `u${index}` }),
);
const PASSWORD = 'correct horse';

describeWithRedis('guessing passwords', (redis) => {
  const stops: (() => Promise<void> | void)[] = [];
  let replicas: PasswordAuthenticator[];
  let trail: BufferedAuditTrail;
  let record: PostgresAuditRecord;

  beforeAll(async () => {
    const { database, close } = await openTestDatabase();
    stops.push(close);
    const accounts = new PostgresAccountStore(database);
    const hasher = new PasswordHasher();
    const passwordHash = await hasher.hash(PASSWORD);
    for (const account of ACCOUNTS) await accounts.declare(account, passwordHash);
    record = new PostgresAuditRecord(database);
    trail = new BufferedAuditTrail(record);
    replicas = await Promise.all(
      [1, 2].map(async () => {
        const connection = new RedisConnection({ ...redis(), requireNoEviction: false });
        await connection.onModuleInit();
        stops.push(() => connection.onApplicationShutdown());
        const brake = new RedisSignInBrake(connection);
        return new PasswordAuthenticator(accounts, hasher, brake, trail);
      }),
    );
  });
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  let attempts = 0;
  const guess = (username: string, address: string, password = 'a guess') => {
    attempts += 1;
    return replicas[attempts % 2]?.authenticate({
      username,
      password,
      address,
      clientId: null,
      correlationId: `c-${username}`,
    }) as Promise<PasswordOutcome>;
  };
  const count = (outcomes: readonly PasswordOutcome[], wanted: PasswordOutcome['outcome']) =>
    outcomes.filter(({ outcome }) => outcome === wanted).length;
  const times = <T>(length: number, one: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length }, (_, index) => one(index)));

  it('looks at 5 of 50 parallel guesses at one account, and audits all of them', async () => {
    const outcomes = await times(50, () => guess('u0', '192.0.2.1'));
    expect([count(outcomes, 'refused'), count(outcomes, 'braked')]).toEqual([5, 45]);
    await trail.onApplicationShutdown();
    const accountId = ACCOUNTS[0]?.accountId ?? '';
    const { events } = await record.find({ accountId, type: 'sign_in.password' });
    expect(events).toHaveLength(50);
    expect(new Set(events.map(({ reason }) => reason))).toEqual(
      new Set(['wrong_password', 'braked']),
    );
  });

  it('looks at 5 guesses at one account, from however many addresses', async () => {
    const outcomes = await times(50, (index) => guess('u1', `198.51.100.${index}`));
    expect(count(outcomes, 'refused')).toBe(5);
  });

  it('looks at 20 guesses of one IPv6 network, at however many accounts', async () => {
    const outcomes = await times(60, (index) =>
      guess(`u${2 + (index % 28)}`, `2001:db8:0:1::${index}`),
    );
    expect(count(outcomes, 'refused')).toBe(20);
    expect(count(outcomes, 'braked')).toBe(40);
  });

  it('looks at no more guesses at a name that is nobody’s', async () => {
    const outcomes = await times(50, (index) => guess('nobody', `203.0.113.${index}`));
    expect(count(outcomes, 'refused')).toBe(5);
  });

  it('keeps the owner waiting for seconds, not locked out', async () => {
    const wait = await guess('u0', '192.0.2.99', PASSWORD);
    const seconds = wait.outcome === 'braked' ? wait.retryAfterSeconds : 0;
    expect(seconds).toBeLessThanOrEqual(2);
    await sleep(seconds * 1000);
    expect(await guess('u0', '192.0.2.99', PASSWORD)).toMatchObject({ outcome: 'authenticated' });
  });
});
