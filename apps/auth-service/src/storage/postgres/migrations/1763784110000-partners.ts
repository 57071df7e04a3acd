/** Creates the trust list of partners, and keeps their subjects apart from clients. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class Partners1763784110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE partner (
        issuer text PRIMARY KEY,
        partner_id text NOT NULL CONSTRAINT partner_id_is_unique UNIQUE
          CHECK (partner_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
        jwks jsonb,
        jwks_uri text,
        algorithms text[] NOT NULL CHECK (cardinality(algorithms) > 0),
        clients text[] NOT NULL,
        resources text[] NOT NULL,
        scopes text[] NOT NULL,
        max_assertion_seconds integer NOT NULL CHECK (max_assertion_seconds BETWEEN 1 AND 600),
        disabled_at timestamptz,
        CHECK ((jwks IS NULL) <> (jwks_uri IS NULL))
      )`);
    // The subject of a client's own token is its id, and that of a partner's token begins like this.
    // Whoever has such an id already keeps it until the operator sees to it: NOT VALID looks at new rows.
    await runner.query(`
      ALTER TABLE client ADD CONSTRAINT client_id_is_no_partner
        CHECK (client_id NOT LIKE 'partner:%') NOT VALID`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE client DROP CONSTRAINT client_id_is_no_partner`);
    await runner.query(`DROP TABLE partner`);
  }
}
