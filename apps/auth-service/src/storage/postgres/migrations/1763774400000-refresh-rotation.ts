/** Creates the record of refresh rotation: lineages, the terms of grants, the check values of K. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Only new tables: replicas of the release before know no refresh tokens and are not disturbed. */
export class RefreshRotation1763774400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // By the digest, because an index entry has no room for a long list of scopes.
    await runner.query(`
      CREATE TABLE grant_terms (
        terms_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        terms_sha256 bytea NOT NULL UNIQUE CHECK (octet_length(terms_sha256) = 32),
        scope text[] NOT NULL,
        resources text[] NOT NULL,
        acr text NOT NULL,
        amr text[] NOT NULL
      )`);
    // One lineage a grant. It goes with its grant, and holds nothing that could be presented.
    await runner.query(`
      CREATE TABLE refresh_rotation (
        handle bytea PRIMARY KEY CHECK (octet_length(handle) = 16),
        grant_id uuid NOT NULL UNIQUE REFERENCES oauth_grant (grant_id) ON DELETE CASCADE,
        terms_id integer NOT NULL REFERENCES grant_terms (terms_id),
        key_binding bytea CHECK (octet_length(key_binding) = 32),
        current_generation bigint NOT NULL CHECK (current_generation > parent_generation),
        parent_generation bigint NOT NULL,
        floor_generation bigint NOT NULL CHECK (floor_generation <= current_generation),
        rotated_at timestamptz,
        idle_expires_at timestamptz NOT NULL,
        absolute_expires_at timestamptz NOT NULL
      ) WITH (fillfactor = 80)`);
    // Every checkpoint replaces a row: dead ones must not pile up until a fifth of the table is dead.
    await runner.query(`ALTER TABLE refresh_rotation SET (autovacuum_vacuum_scale_factor = 0.05)`);
    await runner.query(`
      CREATE TABLE refresh_key_check (
        version smallint PRIMARY KEY CHECK (version BETWEEN 1 AND 255),
        check_value bytea NOT NULL CHECK (octet_length(check_value) = 32),
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE refresh_key_check, refresh_rotation, grant_terms`);
  }
}
