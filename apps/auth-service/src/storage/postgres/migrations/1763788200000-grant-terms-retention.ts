/** Lets terms of grants go that no grant has any more: with authorization details each can be one of a kind. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class GrantTermsRetention1763788200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE grant_terms ADD COLUMN used_at timestamptz NOT NULL DEFAULT now()`,
    );
    await runner.query(`CREATE INDEX grant_terms_used ON grant_terms (used_at)`);
    // Whether terms are in use is asked of it, by the purge and by the foreign key.
    await runner.query(`CREATE INDEX refresh_rotation_terms ON refresh_rotation (terms_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX refresh_rotation_terms`);
    await runner.query(`ALTER TABLE grant_terms DROP COLUMN used_at`);
  }
}
