/** Lets clients register themselves: initial access tokens, and what registered by them. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class DynamicRegistration1795700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A replica of the release before takes a client of another source for one that it cannot change.
    await runner.query(`
      ALTER TABLE client
        DROP CONSTRAINT client_source_check,
        ADD CONSTRAINT client_source_check
          CHECK (source IN ('file', 'api', 'registration', 'document')) NOT VALID`);
    await runner.query(`ALTER TABLE client VALIDATE CONSTRAINT client_source_check`);
    await runner.query(`
      CREATE TABLE registration_token (
        token_id uuid PRIMARY KEY,
        token_sha256 bytea NOT NULL UNIQUE CHECK (length(token_sha256) = 32),
        description text NOT NULL,
        scopes text[] NOT NULL,
        grant_types text[] NOT NULL,
        refresh_profile text NOT NULL,
        uses_left integer NOT NULL CHECK (uses_left >= 0),
        expires_at timestamptz NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz
      )`);
    // What a client may never exceed is copied: it outlives the token by which it registered.
    await runner.query(`
      CREATE TABLE client_registration (
        client_id text PRIMARY KEY REFERENCES client (client_id) ON DELETE CASCADE,
        token_id uuid NOT NULL,
        access_token_sha256 bytea UNIQUE CHECK (length(access_token_sha256) = 32),
        previous_access_token_sha256 bytea CHECK (length(previous_access_token_sha256) = 32),
        scopes text[] NOT NULL,
        grant_types text[] NOT NULL,
        refresh_profile text NOT NULL,
        information jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(
      `CREATE INDEX client_registration_created ON client_registration (created_at)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE client_registration, registration_token`);
    await runner.query(`DELETE FROM client WHERE source IN ('registration', 'document')`);
    await runner.query(`
      ALTER TABLE client
        DROP CONSTRAINT client_source_check,
        ADD CONSTRAINT client_source_check CHECK (source IN ('file', 'api'))`);
  }
}
