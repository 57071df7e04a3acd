import { setTimeout as sleep } from 'node:timers/promises';
import { BACKGROUND } from '../http/request.origin.js';
import { PostgresAuditRecord } from '../storage/postgres/postgres-audit.record.js';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { FaultProxy } from '../testing/fault-proxy.js';
import { openDatabase } from '../testing/open-database.js';
import { BufferedAuditTrail } from './buffered.audit-trail.js';

describe('the audit trail while PostgreSQL is down', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  it.each(['refuse', 'hang'] as const)(
    'keeps what it cannot write while PostgreSQL does %s, and writes each event once',
    async (fault) => {
      const proxy = await FaultProxy.to(database.url);
      const postgres = await openDatabase(proxy.url);
      const record = new PostgresAuditRecord(postgres);
      const trail = new BufferedAuditTrail(record);
      const say = (type: string) => trail.record({ origin: BACKGROUND, type, outcome: 'success' });

      const references = [say('before')];
      await sleep(200);
      proxy.become(fault);
      references.push(say('during'));
      await sleep(1000);
      references.push(say('later'));
      proxy.become('pass');
      const types = async () => (await record.find({})).events.map(({ type }) => type);
      for (const end = Date.now() + 15_000; Date.now() < end; await sleep(100)) {
        if ((await types().catch(() => [])).length === references.length) break;
      }
      const { events } = await record.find({});
      expect(events.map(({ reference }) => reference)).toEqual([...references].reverse());
      expect(await types()).toEqual(['later', 'during', 'before']);

      await trail.onApplicationShutdown();
      await postgres.onApplicationShutdown();
      await proxy.close();
    },
  );
});
