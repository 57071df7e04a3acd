import { type Revocation } from '../../revocation/revocation.js';
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
  const jti = (value: string, expiresAt = soon): Revocation => ({
    kind: 'jti',
    value,
    iatBefore: null,
    audiences: ['urn:a'],
    expiresAt,
  });
  const client = (value: string, iatBefore: number): Revocation => ({
    ...jti(value),
    kind: 'client',
    iatBefore,
    audiences: null,
  });
  const values = (list: readonly Revocation[]) => list.map(({ value }) => value);
  const unexpired = async () => {
    const all: Revocation[] = [];
    for await (const page of record.findUnexpired()) all.push(...page);
    return all;
  };

  it('keeps the first of many revocations of one token', async () => {
    await record.add(jti('a'), 'first');
    await Promise.all(Array.from({ length: 5 }, () => record.add(jti('a', past), 'later')));
    expect(await unexpired()).toEqual([jti('a')]);
    const rows = await database.manager.query<{ reason: string }[]>(
      'SELECT reason FROM revocation',
    );
    expect(rows).toEqual([{ reason: 'first' }]);
  });

  it('lists what is not relayed with its positions, oldest first, until it is', async () => {
    for (const value of ['b', 'a', 'c']) await record.add(jti(value), '');
    await record.add(jti('expired', past), '');
    expect(await record.findUnrelayed(2)).toEqual([
      { ...jti('b'), position: 1 },
      { ...jti('a'), position: 2 },
    ]);
    await record.markRelayed([1, 2, 99]);
    expect(await record.findUnrelayed(10)).toEqual([{ ...jti('c'), position: 3 }]);
    await record.markRelayed([]);
    expect(values(await unexpired())).toEqual(['a', 'b', 'c']);
  });

  it('keeps what ends a grant until it was relayed, however long Redis is away', async () => {
    const grant: Revocation = { ...jti('g', past), kind: 'grant' };
    await record.add(grant, '');
    await record.add(jti('expired', past), '');
    expect(await record.deleteExpired(10)).toBe(1);
    expect(await record.findUnrelayed(10)).toEqual([{ ...grant, position: 1 }]);
    await record.markRelayed([1]);
    expect(await record.deleteExpired(10)).toBe(1);
  });

  it('does not relay a token a second time when its revocation is repeated', async () => {
    await record.add(jti('a'), '');
    await record.findUnrelayed(10);
    await record.markRelayed([1]);
    await record.add(jti('a'), '');
    expect(await record.findUnrelayed(10)).toEqual([]);
  });

  it('relays a client again, at a new position, for a later time alone', async () => {
    await record.add(client('c', 100), '');
    await record.findUnrelayed(10);
    await record.add(client('c', 99), '');
    expect(await record.findUnrelayed(10)).toEqual([{ ...client('c', 100), position: 1 }]);
    await record.add(client('c', 101), '');
    expect(await record.findUnrelayed(10)).toEqual([{ ...client('c', 101), position: 2 }]);
    // Whoever relays the first one late must not take the second for relayed.
    await record.markRelayed([1]);
    expect(values(await record.findUnrelayed(10))).toEqual(['c']);
  });

  it('shows positions in their order alone, however many record and relay at once', async () => {
    let seen = 0;
    let out = false;
    const watch = (async () => {
      while (!out) {
        const { revocations, lastPosition } = await record.findAfter(seen, 5000);
        // Nothing may turn up later behind what was seen, so this must be all of it.
        expect(revocations.map(({ position }) => position)).toEqual(
          Array.from({ length: lastPosition - seen }, (_, index) => seen + index + 1),
        );
        seen = lastPosition;
      }
    })();
    const work = Array.from({ length: 4 }, async (_, writer) => {
      for (let n = 0; n < 30; n += 1) {
        await record.add(jti(`${writer}-${n}`), '');
        const batch = await record.findUnrelayed(7);
        await record.markRelayed(batch.map(({ position }) => position));
      }
    });
    await Promise.all(work);
    while ((await record.findUnrelayed(7)).length > 0) {
      const batch = await record.findUnrelayed(7);
      await record.markRelayed(batch.map(({ position }) => position));
    }
    out = true;
    await watch;
    expect((await record.findAfter(0, 5000)).revocations).toHaveLength(120);
  });

  it('gives rows of the release before, which relayed them itself, a position too', async () => {
    await database.manager.query(
      `INSERT INTO revocation (kind, value, reason, expires_at, relayed_at)
       VALUES ('jti', 'old', '', now() + interval '1 minute', now())`,
    );
    expect(await record.findUnrelayed(10)).toMatchObject([
      { value: 'old', position: 1, audiences: null },
    ]);
  });

  it('revokes a client with all its grants, of which no resource has to hear', async () => {
    const grants = [
      ['11111111-1111-4111-8111-111111111111', 'c'],
      ['22222222-2222-4222-8222-222222222222', 'other'],
    ];
    for (const [id, clientId] of grants) {
      await database.manager.query(
        `INSERT INTO oauth_grant (grant_id, account_id, client_id, sid, scope, resources,
           authenticated_at, acr, amr, expires_at)
         VALUES ($1, $1, $2, $1, '{}', '{urn:a}', now(), '', '{}', now() + interval '1 hour')`,
        [id, clientId],
      );
    }
    await record.revokeClient(client('c', 100), 'stolen', 'operator');
    const all = await record.findUnrelayed(10);
    expect(all.map(({ kind, value, audiences }) => ({ kind, value, audiences }))).toEqual(
      expect.arrayContaining([
        { kind: 'client', value: 'c', audiences: null },
        { kind: 'grant', value: grants[0]?.[0], audiences: [] },
      ]),
    );
    expect(all).toHaveLength(2);
  });

  it('pages through many of every kind, none twice and none left out', async () => {
    await database.manager.query(
      `INSERT INTO revocation (kind, value, reason, expires_at)
       SELECT k, md5(n::text), '', now() + interval '1 hour'
       FROM generate_series(1, 6000) n, unnest(ARRAY['jti', 'grant']) k`,
    );
    const all = await unexpired();
    expect(all).toHaveLength(12_000);
    expect(new Set(all.map(({ kind, value }) => `${kind} ${value}`)).size).toBe(12_000);
  });

  it('deletes only what has expired, so much at a time', async () => {
    for (const value of ['old', 'older', 'oldest']) await record.add(jti(value, past), '');
    await record.add(jti('new'), '');
    expect(await record.deleteExpired(2)).toBe(2);
    expect(await record.deleteExpired(2)).toBe(1);
    const rows = await database.manager.query<{ value: string }[]>('SELECT value FROM revocation');
    expect(rows).toEqual([{ value: 'new' }]);
  });
});
