/** Lets administrators keep clients beside those of the bootstrap file, and change secrets with an overlap. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class ClientAdministration1763792000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Until now every client came from a file; so does one that a replica of the release before adds.
    await runner.query(`
      ALTER TABLE client
        ADD COLUMN source text NOT NULL DEFAULT 'file' CHECK (source IN ('file', 'api')),
        ADD COLUMN previous_secret_sha256 bytea,
        ADD COLUMN previous_secret_until timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE client
        DROP COLUMN source, DROP COLUMN previous_secret_sha256, DROP COLUMN previous_secret_until`);
  }
}
