/** Lets administrators erase accounts: what is left is an id that nobody gets again. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class AccountAdministration1795600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE account ADD COLUMN erased_at timestamptz`);
    // Nothing comes back by a statement that was under way. NOT VALID: no row has the new column set, so
    // there is nothing to look through while everybody waits.
    await runner.query(`
      ALTER TABLE account ADD CONSTRAINT account_erased CHECK (erased_at IS NULL OR (
        disabled_at IS NOT NULL AND password_hash IS NULL AND email IS NULL AND name IS NULL
        AND given_name IS NULL AND family_name IS NULL AND phone_number IS NULL
      )) NOT VALID`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE account DROP CONSTRAINT account_erased, DROP COLUMN erased_at`);
  }
}
