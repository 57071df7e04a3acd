/** Lets a sign-in under way notice that every sign-in of its account was ended meanwhile. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class SignInEpoch1763788050000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A default, so that a replica of the release before may go on inserting.
    await runner.query(`ALTER TABLE account ADD COLUMN sign_in_epoch integer NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE account DROP COLUMN sign_in_epoch`);
  }
}
