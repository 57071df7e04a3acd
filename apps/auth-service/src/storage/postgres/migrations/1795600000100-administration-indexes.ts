/** Serves the searches of administrators: accounts by what they begin with, grants of a client by time. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { concurrently } from '../concurrent.index.js';

/** Each index is built while everybody reads and writes, which no transaction can. */
export class AdministrationIndexes1795600000100 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await concurrently(runner, async () => {
      // One that was given up half-way is there and invalid: it goes first.
      for (const [name, definition] of INDEXES) {
        await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
        await runner.query(`CREATE INDEX CONCURRENTLY ${name} ON ${definition}`);
      }
      // What it is good for the new one is good for too.
      await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS oauth_grant_client`);
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX oauth_grant_client ON oauth_grant (client_id)`);
    for (const [name] of INDEXES) await runner.query(`DROP INDEX ${name}`);
  }
}

const INDEXES = [
  ['account_username_order', 'account (username COLLATE "C")'],
  ['account_email_order', 'account (lower(email) COLLATE "C") WHERE email IS NOT NULL'],
  ['oauth_grant_client_time', 'oauth_grant (client_id, created_at DESC, grant_id DESC)'],
] as const;
