/** Gives revocations their order, and what a follower needs to know of each. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class RevocationOutbox1763773380000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // All nullable: replicas of the release before write rows without them, and the relay of this
    // one gives those their position too.
    await runner.query(`
      ALTER TABLE revocation
        ADD COLUMN iat_before bigint,
        ADD COLUMN audiences text[],
        ADD COLUMN position bigint UNIQUE,
        ADD CONSTRAINT revocation_client_time CHECK ((kind = 'client') = (iat_before IS NOT NULL))`);
    await runner.query(`
      CREATE INDEX revocation_unpositioned ON revocation (created_at) WHERE position IS NULL`);
    // One row. Whoever gives positions locks it until the end of its transaction: so a position is
    // never visible before a smaller one, and none is lost by a rollback.
    await runner.query(`
      CREATE TABLE revocation_position (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        last bigint NOT NULL CHECK (last >= 0)
      )`);
    await runner.query(`INSERT INTO revocation_position (last) VALUES (0)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE revocation_position`);
    await runner.query(`
      ALTER TABLE revocation
        DROP CONSTRAINT revocation_client_time,
        DROP COLUMN iat_before,
        DROP COLUMN audiences,
        DROP COLUMN position`);
  }
}
