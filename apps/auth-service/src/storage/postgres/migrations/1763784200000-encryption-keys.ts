/** Lets a client register keys for the encryption of its ID tokens, however it authenticates. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const NO_KEYS = 'jwks IS NULL AND jwks_uri IS NULL';
const ONE_SOURCE = '(jwks IS NULL) <> (jwks_uri IS NULL)';

export class EncryptionKeys1763784200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Keys still have one purpose or another: none are kept that nothing would use.
    await runner.query(
      authentication(
        `CASE WHEN id_token_encryption IS NULL THEN ${NO_KEYS} ELSE ${ONE_SOURCE} END`,
      ),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE client SET jwks = NULL, jwks_uri = NULL, id_token_encryption = NULL
      WHERE authentication_method <> 'private_key_jwt' AND id_token_encryption IS NOT NULL`);
    await runner.query(authentication(NO_KEYS));
  }
}

function authentication(keysOfOthers: string): string {
  return `
    ALTER TABLE client
      DROP CONSTRAINT client_authentication,
      ADD CONSTRAINT client_authentication CHECK (CASE authentication_method
        WHEN 'client_secret_basic' THEN secret_sha256 IS NOT NULL AND ${keysOfOthers}
        WHEN 'client_secret_post' THEN secret_sha256 IS NOT NULL AND ${keysOfOthers}
        WHEN 'private_key_jwt' THEN secret_sha256 IS NULL AND ${ONE_SOURCE}
        WHEN 'none' THEN secret_sha256 IS NULL AND ${keysOfOthers}
        ELSE false END)`;
}
