/** Creates clients, resources, signing keys and the record of revocations. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Constraints repeat what the code promises, for whoever writes to the tables by hand. */
export class InitialSchema1763740800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE resource (
        identifier text PRIMARY KEY,
        name text NOT NULL,
        scopes text[] NOT NULL
      )`);
    // The lengths are the digest's and the cipher's: a plain secret or key cannot get in here.
    await runner.query(`
      CREATE TABLE client (
        client_id text PRIMARY KEY CHECK (client_id <> ''),
        name text NOT NULL,
        authentication_method text NOT NULL
          CHECK (authentication_method IN ('client_secret_basic', 'client_secret_post')),
        secret_sha256 bytea NOT NULL CHECK (octet_length(secret_sha256) = 32),
        grant_types text[] NOT NULL,
        scopes text[] NOT NULL,
        own_resource text REFERENCES resource (identifier),
        disabled_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE signing_key (
        kid text PRIMARY KEY,
        algorithm text NOT NULL,
        public_jwk jsonb NOT NULL CHECK (NOT public_jwk ?| array['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']),
        encrypted_private_key bytea NOT NULL CHECK (octet_length(encrypted_private_key) > 28),
        key_version integer NOT NULL,
        status text NOT NULL CHECK (status IN ('pending', 'active', 'retired', 'revoked')),
        sign_from timestamptz NOT NULL,
        sign_until timestamptz CHECK (sign_until > sign_from),
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    // The last word when replicas disagree: an algorithm has one active key.
    await runner.query(`
      CREATE UNIQUE INDEX signing_key_one_active ON signing_key (algorithm)
        WHERE status = 'active'`);
    await runner.query(`
      CREATE TABLE revocation (
        kind text NOT NULL CHECK (kind IN ('jti', 'grant', 'client', 'kid')),
        value text NOT NULL,
        reason text NOT NULL,
        expires_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        relayed_at timestamptz,
        PRIMARY KEY (kind, value)
      )`);
    // Every replica asks each second for what is not relayed, and nearly always there is nothing.
    await runner.query(`
      CREATE INDEX revocation_unrelayed ON revocation (created_at) WHERE relayed_at IS NULL`);
    await runner.query(`CREATE INDEX revocation_expiry ON revocation (expires_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE revocation, signing_key, client, resource`);
  }
}
