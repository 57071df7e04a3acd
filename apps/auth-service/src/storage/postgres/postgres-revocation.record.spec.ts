import { type TokenRevocation } from '../../revocation/revocation.record.js';
import { openTestDatabase } from '../../testing/open-database.js';
import { PostgresRevocationRecord } from './postgres-revocation.record.js';
import { type PostgresDatabase } from './postgres.database.js';

describe('PostgresRevocationRecord', () => {
  let database: PostgresDatabase;
  let close: () => Promise<void>;
  let record: PostgresRevocationRecord;
  beforeEach(async () => {
    ({ database, close } = await openTestDatabase());
    record = new PostgresRevocationRecord(database);
  });
  afterEach(() => close());

  const soon = new Date(Date.now() + 60_000);
  const past = new Date(Date.now() - 1000);
  const jtis = (list: readonly TokenRevocation[]) => list.map(({ jti }) => jti).sort();
  const unexpired = async () => {
    const all: TokenRevocation[] = [];
    for await (const page of record.findUnexpired()) all.push(...page);
    return all;
  };

  it('keeps the first of many revocations of one token', async () => {
    await record.revokeToken('a', soon, 'first');
    await Promise.all(
      Array.from({ length: 5 }, () => record.revokeToken('a', new Date(0), 'later')),
    );
    expect(await unexpired()).toEqual([{ jti: 'a', expiresAt: soon }]);
    const rows = await database.manager.query<{ reason: string }[]>(
      'SELECT reason FROM revocation',
    );
    expect(rows).toEqual([{ reason: 'first' }]);
  });

  it('lists what is not relayed, oldest first, until it is', async () => {
    for (const jti of ['b', 'a', 'c']) await record.revokeToken(jti, soon, '');
    await record.revokeToken('expired', past, '');
    expect((await record.findUnrelayed(2)).map(({ jti }) => jti)).toEqual(['b', 'a']);
    await record.markRelayed(['a', 'b', 'unknown']);
    expect(jtis(await record.findUnrelayed(10))).toEqual(['c']);
    await record.markRelayed([]);
    expect(jtis(await unexpired())).toEqual(['a', 'b', 'c']);
  });

  it('does not relay a token a second time when its revocation is repeated', async () => {
    await record.revokeToken('a', soon, '');
    await record.markRelayed(['a']);
    await record.revokeToken('a', soon, '');
    expect(await record.findUnrelayed(10)).toEqual([]);
  });

  it('pages through many, none twice and none left out', async () => {
    await database.manager.query(
      `INSERT INTO revocation (kind, value, reason, expires_at)
       SELECT 'jti', md5(n::text), '', now() + interval '1 hour' FROM generate_series(1, 12000) n`,
    );
    await database.manager.query(
      `INSERT INTO revocation (kind, value, reason, expires_at)
       VALUES ('grant', 'not a token', '', now() + interval '1 hour')`,
    );
    expect(new Set(jtis(await unexpired())).size).toBe(12_000);
    expect(await unexpired()).toHaveLength(12_000);
  });

  it('deletes only what has expired', async () => {
    await record.revokeToken('old', past, '');
    await record.revokeToken('new', soon, '');
    await record.deleteExpired();
    const rows = await database.manager.query<{ value: string }[]>('SELECT value FROM revocation');
    expect(rows).toEqual([{ value: 'new' }]);
  });
});
