/** Adds authorization details (RFC 9396): their types, and what grants, terms and consents hold of them. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class AuthorizationDetails1763784210000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE authorization_details_type (
        type text PRIMARY KEY,
        resource text NOT NULL REFERENCES resource (identifier),
        name text NOT NULL,
        description text,
        schema jsonb NOT NULL
      )`);
    // Defaults, so that a replica of the release before goes on inserting: it grants no details.
    for (const table of ['oauth_grant', 'grant_terms', 'consent']) {
      await runner.query(`
        ALTER TABLE ${table} ADD COLUMN authorization_details jsonb NOT NULL DEFAULT '[]'
          CHECK (jsonb_typeof(authorization_details) = 'array')`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['consent', 'grant_terms', 'oauth_grant']) {
      await runner.query(`ALTER TABLE ${table} DROP COLUMN authorization_details`);
    }
    await runner.query('DROP TABLE authorization_details_type');
  }
}
