/** Lets a schema say which releases are too old for it. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class SchemaRequirements1795600000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE schema_requirement (
        migration text PRIMARY KEY,
        required_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE schema_requirement`);
  }
}
