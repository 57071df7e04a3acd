import { openTestDatabase } from '../../testing/open-database.js';
import { PostgresLogoutDeliveryStore } from './postgres-logout-delivery.store.js';

describe('PostgresLogoutDeliveryStore', () => {
  it('forgets in batches what was delivered or given up long ago, and nothing that is due', async () => {
    const { database, close } = await openTestDatabase();
    const store = new PostgresLogoutDeliveryStore(database);
    const at = (seconds: number) => new Date(seconds * 1000);
    await database.manager.query(
      `INSERT INTO logout_delivery
         (client_id, account_id, sid, created_at, next_attempt_at, done_at, outcome)
       SELECT name, gen_random_uuid(), gen_random_uuid(), $1, $1, done_at,
         CASE WHEN done_at IS NULL THEN NULL ELSE 'delivered' END
       FROM (VALUES ('old', $1::timestamptz), ('old', $1), ('old', $1), ('new', $2), ('due', NULL))
         AS delivery (name, done_at)`,
      [at(10), at(100)],
    );
    const purged: number[] = [];
    for (let batch = 0; batch < 3; batch += 1) purged.push(await store.purge(at(50), 2));
    expect(purged).toEqual([2, 1, 0]);
    const left = 'SELECT client_id FROM logout_delivery ORDER BY client_id';
    expect(await database.manager.query(left)).toEqual([
      { client_id: 'due' },
      { client_id: 'new' },
    ]);
    await close();
  });
});
