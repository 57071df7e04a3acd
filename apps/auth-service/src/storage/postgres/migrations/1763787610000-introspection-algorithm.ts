/** Lets a client say by what introspection responses to it are signed. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class IntrospectionAlgorithm1763787610000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE client ADD COLUMN introspection_signing_algorithm text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE client DROP COLUMN introspection_signing_algorithm`);
  }
}
