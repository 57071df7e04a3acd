/** Adds what clients and resources say about exchange, proof of possession and encryption. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class TokensForServices1763784000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Defaults, so that a replica of the release before may go on inserting.
    await runner.query(`
      ALTER TABLE client
        ADD COLUMN dpop_bound_access_tokens boolean NOT NULL DEFAULT false,
        ADD COLUMN tls_bound_access_tokens boolean NOT NULL DEFAULT false,
        ADD COLUMN tls_subject jsonb,
        ADD COLUMN exchange jsonb,
        ADD COLUMN authorization_details_types text[] NOT NULL DEFAULT '{}',
        ADD COLUMN id_token_signing_algorithm text,
        ADD COLUMN id_token_encryption jsonb`);
    await runner.query(`
      ALTER TABLE resource
        ADD COLUMN signing_algorithm text,
        ADD COLUMN encryption jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE resource DROP COLUMN encryption, DROP COLUMN signing_algorithm`,
    );
    await runner.query(`
      ALTER TABLE client
        DROP COLUMN id_token_encryption, DROP COLUMN id_token_signing_algorithm,
        DROP COLUMN authorization_details_types, DROP COLUMN exchange, DROP COLUMN tls_subject,
        DROP COLUMN tls_bound_access_tokens, DROP COLUMN dpop_bound_access_tokens`);
  }
}
