/** Grants with their first refresh token, as a sign-in leaves them, without the sign-in. */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';

const SCOPE = ['orders:read', 'offline_access'];
const FIRST_GENERATION = 1;
const DAYS = 30;

/** What the seeds have in common. */
export interface SeedOptions {
  readonly databaseUrl: string;
  /** K of version 1, by which the server knows its tokens. */
  readonly key: Buffer;
  readonly resource: string;
}

/** One grant and its token. */
export interface SeededGrant {
  readonly grantId: string;
  readonly clientId: string;
  readonly refreshToken: string;
}

/** Records a grant for each of these clients in PostgreSQL, as it stands before the first refresh. */
export async function seedGrants(
  { databaseUrl, key, resource }: SeedOptions,
  clientIds: readonly string[],
): Promise<SeededGrant[]> {
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  const accountId = randomUUID();
  try {
    await database.query(`INSERT INTO account (account_id, username) VALUES ($1, $2)`, [
      accountId,
      `storm-${accountId}`,
    ]);
    const terms = await database.query<{ terms_id: number }>(
      `INSERT INTO grant_terms (terms_sha256, scope, resources, acr, amr)
       VALUES ($1, $2, $3, 'urn:example:acr', '{pwd}') RETURNING terms_id`,
      [randomBytes(32), SCOPE, [resource]],
    );
    const seeds: SeededGrant[] = [];
    for (const clientId of clientIds) {
      const [grantId, handle] = [randomUUID(), randomBytes(16)];
      await database.query(
        `INSERT INTO oauth_grant (grant_id, account_id, client_id, sid, scope, resources,
           authenticated_at, acr, amr, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, now(), 'urn:example:acr', '{pwd}', now() + $7 * interval '1 day')`,
        [grantId, accountId, clientId, randomUUID(), SCOPE, [resource], DAYS],
      );
      await database.query(
        `INSERT INTO refresh_rotation (handle, grant_id, terms_id, current_generation,
           parent_generation, floor_generation, idle_expires_at, absolute_expires_at)
         VALUES ($1, $2, $3, $4, 0, $4, now() + $5 * interval '1 day', now() + $5 * interval '1 day')`,
        [handle, grantId, terms.rows[0]?.terms_id, FIRST_GENERATION, DAYS],
      );
      seeds.push({ grantId, clientId, refreshToken: refreshToken(key, handle, FIRST_GENERATION) });
    }
    return seeds;
  } finally {
    await database.end();
  }
}

/** `kwr_` and base64url of key version, handle, generation and tag. */
function refreshToken(key: Buffer, handle: Buffer, generation: number): string {
  const said = Buffer.alloc(21);
  said.writeUInt8(1, 0);
  handle.copy(said, 1);
  said.writeUInt32BE(generation, 17);
  const tag = createHmac('sha256', key).update('keyward/refresh/1').update(said).digest();
  return `kwr_${Buffer.concat([said, tag]).toString('base64url')}`;
}
