/** Lets clients authenticate by a certificate (RFC 8705). */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const ONE_SOURCE = '(jwks IS NULL) <> (jwks_uri IS NULL)';
const KEYS_TO_ENCRYPT = `CASE WHEN id_token_encryption IS NULL
  THEN jwks IS NULL AND jwks_uri IS NULL ELSE ${ONE_SOURCE} END`;

const CERTIFICATE_METHODS = `
  WHEN 'tls_client_auth' THEN secret_sha256 IS NULL AND ${KEYS_TO_ENCRYPT}
  WHEN 'self_signed_tls_client_auth' THEN secret_sha256 IS NULL AND ${ONE_SOURCE}`;

export class ClientCertificates1763791300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A replica of the release before refuses these clients: it knows nothing they could present.
    await runner.query(authentication(CERTIFICATE_METHODS));
    await runner.query(`
      ALTER TABLE client ADD CONSTRAINT client_tls_subject
        CHECK ((authentication_method = 'tls_client_auth') = (tls_subject IS NOT NULL))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    // Their methods are unknown to the release before.
    await runner.query(`
      DELETE FROM client
      WHERE authentication_method IN ('tls_client_auth', 'self_signed_tls_client_auth')`);
    await runner.query(`ALTER TABLE client DROP CONSTRAINT client_tls_subject`);
    await runner.query(authentication(''));
  }
}

function authentication(more: string): string {
  return `
    ALTER TABLE client
      DROP CONSTRAINT client_authentication,
      ADD CONSTRAINT client_authentication CHECK (CASE authentication_method
        WHEN 'client_secret_basic' THEN secret_sha256 IS NOT NULL AND ${KEYS_TO_ENCRYPT}
        WHEN 'client_secret_post' THEN secret_sha256 IS NOT NULL AND ${KEYS_TO_ENCRYPT}
        WHEN 'private_key_jwt' THEN secret_sha256 IS NULL AND ${ONE_SOURCE}
        WHEN 'none' THEN secret_sha256 IS NULL AND ${KEYS_TO_ENCRYPT}
        ${more}
        ELSE false END)`;
}
