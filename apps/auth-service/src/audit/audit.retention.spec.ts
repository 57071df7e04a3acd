import { openTestDatabase } from '../testing/open-database.js';
import { PostgresAuditRecord } from '../storage/postgres/postgres-audit.record.js';
import { type PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { AuditRetention } from './audit.retention.js';

describe('AuditRetention', () => {
  let database: PostgresDatabase;
  let close: () => Promise<void>;
  beforeEach(async () => {
    ({ database, close } = await openTestDatabase());
  });
  afterEach(() => close());

  it('purges what is older, batch after batch, and nothing younger', async () => {
    await database.manager.query(
      `INSERT INTO audit_event (reference, occurred_at, type, outcome)
       SELECT gen_random_uuid(), now() - interval '30 days' - n * interval '1 second', 'old', 'success'
       FROM generate_series(1, 2500) n`,
    );
    await database.manager.query(
      `INSERT INTO audit_event (reference, occurred_at, type, outcome)
       VALUES (gen_random_uuid(), now() - interval '29 days 23 hours', 'kept', 'success')`,
    );
    const record = new PostgresAuditRecord(database);
    // Two replicas at the same time.
    await Promise.all([
      new AuditRetention(record, { retentionDays: 30 }).purge(),
      new AuditRetention(record, { retentionDays: 30 }).purge(),
    ]);
    const { events } = await record.find({});
    expect(events.map(({ type }) => type)).toEqual(['kept']);
  });
});
