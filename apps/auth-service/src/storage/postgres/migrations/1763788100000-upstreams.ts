/** Adds sign-in by OpenID providers of others. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class Upstreams1763788100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Defaults, so that a replica of the release before may go on inserting.
    await runner.query(`
      ALTER TABLE client
        ADD COLUMN upstreams text[] NOT NULL DEFAULT '{}',
        ADD COLUMN password_sign_in boolean NOT NULL DEFAULT true`);
    await runner.query(`
      CREATE TABLE upstream (
        upstream_id text PRIMARY KEY CHECK (upstream_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
        name text NOT NULL,
        -- By iss alone it is told which provider an answer came from.
        issuer text NOT NULL CONSTRAINT upstream_issuer_is_unique UNIQUE,
        client_id text NOT NULL,
        authentication_method text NOT NULL,
        secret bytea NOT NULL,
        key_version integer NOT NULL,
        scope text[] NOT NULL,
        claim_names jsonb NOT NULL,
        create_accounts boolean NOT NULL,
        trust_email boolean NOT NULL,
        mfa_acrs text[] NOT NULL,
        mfa_amrs text[] NOT NULL,
        disabled_at timestamptz,
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    // By issuer, not by upstream: an entry that is given another issuer brings nobody's accounts along.
    await runner.query(`
      CREATE TABLE upstream_identity (
        identity_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        issuer text NOT NULL,
        subject text NOT NULL,
        account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
        label text,
        linked_at timestamptz NOT NULL DEFAULT now(),
        last_used_at timestamptz,
        CONSTRAINT upstream_identity_is_unique UNIQUE (issuer, subject)
      )`);
    await runner.query(`CREATE INDEX upstream_identity_account ON upstream_identity (account_id)`);
    await runner.query(`
      CREATE INDEX account_verified_email ON account (lower(email)) WHERE email_verified`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX account_verified_email`);
    await runner.query(`DROP TABLE upstream_identity`);
    await runner.query(`DROP TABLE upstream`);
    await runner.query(`ALTER TABLE client DROP COLUMN password_sign_in, DROP COLUMN upstreams`);
  }
}
