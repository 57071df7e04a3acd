/** Creates accounts, sessions, grants, consents and the audit record, and what clients need for them. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class SignInAndGrants1763769600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // New columns have defaults, so that replicas of the release before go on writing rows.
    await runner.query(`
      ALTER TABLE client
        DROP CONSTRAINT client_authentication_method_check,
        ALTER COLUMN secret_sha256 DROP NOT NULL,
        ADD COLUMN logo_uri text,
        ADD COLUMN application_type text NOT NULL DEFAULT 'web'
          CHECK (application_type IN ('web', 'native')),
        ADD COLUMN jwks jsonb,
        ADD COLUMN jwks_uri text,
        ADD COLUMN redirect_uris text[] NOT NULL DEFAULT '{}',
        ADD COLUMN post_logout_redirect_uris text[] NOT NULL DEFAULT '{}',
        ADD COLUMN backchannel_logout_uri text,
        ADD COLUMN cors_origins text[] NOT NULL DEFAULT '{}',
        ADD COLUMN require_pushed_requests boolean NOT NULL DEFAULT false,
        ADD COLUMN first_party boolean NOT NULL DEFAULT false,
        ADD COLUMN refresh_profile text NOT NULL DEFAULT 'confidential'
          CHECK (refresh_profile IN ('spa', 'native', 'confidential', 'mcp'))`);
    // Exactly what its method needs: a public client has no secret to lose, and no method a fallback.
    await runner.query(`
      ALTER TABLE client
        ADD CONSTRAINT client_authentication CHECK (CASE authentication_method
          WHEN 'client_secret_basic' THEN secret_sha256 IS NOT NULL AND jwks IS NULL AND jwks_uri IS NULL
          WHEN 'client_secret_post' THEN secret_sha256 IS NOT NULL AND jwks IS NULL AND jwks_uri IS NULL
          WHEN 'private_key_jwt' THEN secret_sha256 IS NULL AND (jwks IS NULL) <> (jwks_uri IS NULL)
          WHEN 'none' THEN secret_sha256 IS NULL AND jwks IS NULL AND jwks_uri IS NULL
          ELSE false END)`);
    await runner.query(`
      CREATE TABLE account (
        account_id uuid PRIMARY KEY,
        username text NOT NULL UNIQUE CHECK (username = lower(btrim(username)) AND username <> ''),
        password_hash text CHECK (password_hash LIKE '$argon2id$%'),
        name text,
        given_name text,
        family_name text,
        picture text,
        locale text,
        zoneinfo text,
        email text,
        email_verified boolean NOT NULL DEFAULT false,
        phone_number text,
        phone_number_verified boolean NOT NULL DEFAULT false,
        address jsonb,
        disabled_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE session (
        sid uuid PRIMARY KEY,
        cookie_sha256 bytea NOT NULL UNIQUE CHECK (octet_length(cookie_sha256) = 32),
        account_id uuid NOT NULL REFERENCES account (account_id) ON DELETE CASCADE,
        authenticated_at timestamptz NOT NULL,
        acr text NOT NULL,
        amr text[] NOT NULL,
        user_agent text,
        address inet,
        created_at timestamptz NOT NULL DEFAULT now(),
        last_used_at timestamptz NOT NULL DEFAULT now(),
        idle_expires_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ended_at timestamptz,
        end_reason text
      )`);
    await runner.query(
      `CREATE INDEX session_account ON session (account_id) WHERE ended_at IS NULL`,
    );
    await runner.query(`CREATE INDEX session_expiry ON session (expires_at)`);
    // No foreign keys to session and client: a grant outlives the first and is history after the second.
    await runner.query(`
      CREATE TABLE oauth_grant (
        grant_id uuid PRIMARY KEY,
        account_id uuid NOT NULL,
        client_id text NOT NULL,
        sid uuid NOT NULL,
        scope text[] NOT NULL,
        resources text[] NOT NULL,
        authenticated_at timestamptz NOT NULL,
        acr text NOT NULL,
        amr text[] NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz,
        revocation_reason text,
        revoked_by text,
        CHECK ((revoked_at IS NULL) = (revocation_reason IS NULL))
      )`);
    await runner.query(`CREATE INDEX oauth_grant_session ON oauth_grant (sid)`);
    await runner.query(`CREATE INDEX oauth_grant_account ON oauth_grant (account_id)`);
    await runner.query(`CREATE INDEX oauth_grant_client ON oauth_grant (client_id)`);
    await runner.query(`CREATE INDEX oauth_grant_expiry ON oauth_grant (expires_at)`);
    await runner.query(`
      CREATE TABLE consent (
        account_id uuid NOT NULL REFERENCES account (account_id) ON DELETE CASCADE,
        client_id text NOT NULL REFERENCES client (client_id) ON DELETE CASCADE,
        scope text[] NOT NULL,
        resources text[] NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (account_id, client_id)
      )`);
    // No foreign keys: the record of what happened outlives what it happened to.
    await runner.query(`
      CREATE TABLE audit_event (
        reference uuid PRIMARY KEY,
        occurred_at timestamptz NOT NULL,
        type text NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('success', 'failure')),
        reason text,
        account_id uuid,
        client_id text,
        grant_id uuid,
        sid uuid,
        address inet,
        correlation_id text,
        detail jsonb
      )`);
    await runner.query(`CREATE INDEX audit_event_time ON audit_event (occurred_at)`);
    await runner.query(`CREATE INDEX audit_event_account ON audit_event (account_id, occurred_at)`);
    await runner.query(`CREATE INDEX audit_event_client ON audit_event (client_id, occurred_at)`);
    await runner.query(`CREATE INDEX audit_event_grant ON audit_event (grant_id, occurred_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE audit_event, consent, oauth_grant, session, account`);
    // Clients that only the newer release can hold would have no method here.
    await runner.query(
      `DELETE FROM client WHERE authentication_method IN ('private_key_jwt', 'none')`,
    );
    await runner.query(`
      ALTER TABLE client
        DROP CONSTRAINT client_authentication,
        DROP COLUMN logo_uri,
        DROP COLUMN application_type,
        DROP COLUMN jwks,
        DROP COLUMN jwks_uri,
        DROP COLUMN redirect_uris,
        DROP COLUMN post_logout_redirect_uris,
        DROP COLUMN backchannel_logout_uri,
        DROP COLUMN cors_origins,
        DROP COLUMN require_pushed_requests,
        DROP COLUMN first_party,
        DROP COLUMN refresh_profile,
        ALTER COLUMN secret_sha256 SET NOT NULL,
        ADD CONSTRAINT client_authentication_method_check
          CHECK (authentication_method IN ('client_secret_basic', 'client_secret_post'))`);
  }
}
