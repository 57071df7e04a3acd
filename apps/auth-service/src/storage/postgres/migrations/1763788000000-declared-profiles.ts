/** Tells what an operator declares anew of a person from what the person has changed since. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class DeclaredProfiles1763788000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE account ADD COLUMN declared_profile jsonb`);
    // Until now nobody but the operator could say anything of these.
    await runner.query(`
      UPDATE account SET declared_profile = jsonb_build_object(
        'name', name, 'given_name', given_name, 'family_name', family_name,
        'email', email, 'email_verified', email_verified)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE account DROP COLUMN declared_profile`);
  }
}
