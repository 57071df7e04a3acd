import { randomUUID } from 'node:crypto';
import { InvalidRequestError } from '@keyward/oauth';
import { type AuditQuery, type RecordedAuditEvent } from '../../audit/audit.record.js';
import { openTestDatabase } from '../../testing/open-database.js';
import { PostgresAuditRecord } from './postgres-audit.record.js';

describe('PostgresAuditRecord', () => {
  let close: () => Promise<void>;
  let record: PostgresAuditRecord;
  beforeEach(async () => {
    const opened = await openTestDatabase();
    close = opened.close;
    record = new PostgresAuditRecord(opened.database);
  });
  afterEach(() => close());

  const event = (ms: number, change: Partial<RecordedAuditEvent> = {}): RecordedAuditEvent => ({
    reference: randomUUID(),
    occurredAt: new Date(ms),
    type: 'sign_in.password',
    outcome: 'success',
    ...change,
  });
  const all = async (query: AuditQuery) => {
    const events: RecordedAuditEvent[] = [];
    let next: string | null | undefined;
    do {
      const page = await record.find({ ...query, ...(next && { cursor: next }) });
      events.push(...page.events);
      ({ next } = page);
    } while (next !== null);
    return events;
  };

  it('gives back what was appended', async () => {
    const full = event(1000, {
      outcome: 'failure',
      reason: 'wrong_password',
      accountId: randomUUID(),
      clientId: 'shop',
      grantId: randomUUID(),
      sid: randomUUID(),
      address: '2001:db8::1',
      correlationId: 'c-1',
      detail: { attempts: 3, known: false, where: 'here' },
    });
    const bare = event(500);
    await record.append([bare, full]);
    expect(await record.find({})).toEqual({ events: [full, bare], next: null });
  });

  it('may be told the same events again', async () => {
    const events = [event(1), event(2)];
    await record.append(events);
    await Promise.all([record.append(events), record.append([...events, event(3)])]);
    await record.append([]);
    expect(await all({})).toHaveLength(3);
  });

  it('leaves out an address that is none', async () => {
    await record.append([event(1, { address: 'unknown' })]);
    expect((await record.find({})).events[0]).not.toHaveProperty('address');
  });

  it('finds by each member, and by all together', async () => {
    const [accountId, grantId, sid] = [randomUUID(), randomUUID(), randomUUID()];
    const wanted = event(2000, { accountId, grantId, sid, clientId: 'shop', type: 'grant.made' });
    await record.append([wanted, event(1000), event(2000), event(3000, { clientId: 'other' })]);
    const since = new Date(2000);
    const queries: AuditQuery[] = [
      { accountId },
      { grantId },
      { sid },
      { clientId: 'shop' },
      { type: 'grant.made' },
      { accountId, grantId, sid, clientId: 'shop', type: 'grant.made', since },
    ];
    for (const query of queries) expect((await record.find(query)).events).toEqual([wanted]);
    expect(await all({ since })).toHaveLength(3);
    expect(await all({ since, until: new Date(3000) })).toHaveLength(2);
    expect(await all({ until: since })).toHaveLength(1);
    expect(await all({ clientId: 'shop', grantId: randomUUID() })).toEqual([]);
  });

  it('pages through many of one instant, newest first, none twice, while more come and go', async () => {
    const events = Array.from({ length: 250 }, (_, index) => event(Math.floor(index / 100)));
    await record.append(events);
    const first = await record.find({ limit: 60 });
    await record.append([event(5000), event(6000)]);
    const rest: RecordedAuditEvent[] = [];
    for (let { next } = first; next !== null;) {
      const page = await record.find({ limit: 60, cursor: next });
      rest.push(...page.events);
      ({ next } = page);
    }
    const seen = [...first.events, ...rest];
    expect(new Set(seen.map(({ reference }) => reference)).size).toBe(250);
    expect(seen).toHaveLength(250);
    const times = seen.map(({ occurredAt }) => occurredAt.getTime());
    expect([...times].sort((a, b) => b - a)).toEqual(times);
  });

  it('answers no more than it should at once', async () => {
    await record.append(Array.from({ length: 1001 }, (_, index) => event(index)));
    expect((await record.find({})).events).toHaveLength(100);
    expect((await record.find({ limit: 1_000_000 })).events).toHaveLength(1000);
    expect((await record.find({ limit: -1 })).events).toHaveLength(1);
  });

  it.each<AuditQuery>([
    { cursor: 'x' },
    { cursor: "1_' OR true --" },
    { cursor: `${'9'.repeat(16)}_${randomUUID()}` },
    { cursor: `1_${'-'.repeat(36)}` },
    { accountId: 'x' },
    { grantId: '' },
    { sid: "'" },
  ])('refuses %j', async (query) => {
    await expect(record.find(query)).rejects.toThrow(InvalidRequestError);
  });

  it('purges the oldest first, at most as many as it is told', async () => {
    await record.append([event(3), event(1), event(2), event(10)]);
    expect(await record.purge(new Date(10), 2)).toBe(2);
    expect((await all({})).map(({ occurredAt }) => occurredAt.getTime())).toEqual([10, 3]);
    expect(await record.purge(new Date(10), 2)).toBe(1);
    expect(await record.purge(new Date(10), 2)).toBe(0);
  });
});
