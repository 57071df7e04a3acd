/** Lets clients authenticate by a certificate (RFC 8705). */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class ClientCertificates1763791300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Exactly what its method needs. A replica of the release before refuses the new methods: it
    // knows no credentials that would be presented for them.
    await runner.query(`
      ALTER TABLE client
        DROP CONSTRAINT client_authentication,
        ADD CONSTRAINT client_authentication CHECK (CASE authentication_method
          WHEN 'client_secret_basic' THEN secret_sha256 IS NOT NULL AND jwks IS NULL AND jwks_uri IS NULL
          WHEN 'client_secret_post' THEN secret_sha256 IS NOT NULL AND jwks IS NULL AND jwks_uri IS NULL
          WHEN 'private_key_jwt' THEN secret_sha256 IS NULL AND (jwks IS NULL) <> (jwks_uri IS NULL)
          WHEN 'tls_client_auth' THEN secret_sha256 IS NULL AND jwks IS NULL AND jwks_uri IS NULL
          WHEN 'self_signed_tls_client_auth'
            THEN secret_sha256 IS NULL AND (jwks IS NULL) <> (jwks_uri IS NULL)
          WHEN 'none' THEN secret_sha256 IS NULL AND jwks IS NULL AND jwks_uri IS NULL
          ELSE false END),
        ADD CONSTRAINT client_tls_subject
          CHECK ((authentication_method = 'tls_client_auth') = (tls_subject IS NOT NULL))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    // Their methods are unknown to the release before.
    await runner.query(`
      DELETE FROM client
        WHERE authentication_method IN ('tls_client_auth', 'self_signed_tls_client_auth')`);
    await runner.query(`
      ALTER TABLE client
        DROP CONSTRAINT client_tls_subject,
        DROP CONSTRAINT client_authentication,
        ADD CONSTRAINT client_authentication CHECK (CASE authentication_method
          WHEN 'client_secret_basic' THEN secret_sha256 IS NOT NULL AND jwks IS NULL AND jwks_uri IS NULL
          WHEN 'client_secret_post' THEN secret_sha256 IS NOT NULL AND jwks IS NULL AND jwks_uri IS NULL
          WHEN 'private_key_jwt' THEN secret_sha256 IS NULL AND (jwks IS NULL) <> (jwks_uri IS NULL)
          WHEN 'none' THEN secret_sha256 IS NULL AND jwks IS NULL AND jwks_uri IS NULL
          ELSE false END)`);
  }
}
