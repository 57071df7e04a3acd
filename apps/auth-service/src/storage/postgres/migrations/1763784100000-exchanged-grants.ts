/** Adds to a grant the resources that tokens of it were exchanged for: they have to hear of its end. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class ExchangedGrants1763784100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A replica of the release before exchanges nothing, and goes on inserting. It would tell these
    // resources of no revocation: exchange is turned on when none of them runs any more.
    await runner.query(
      `ALTER TABLE oauth_grant ADD COLUMN exchanged_for text[] NOT NULL DEFAULT '{}'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE oauth_grant DROP COLUMN exchanged_for`);
  }
}
