/** Lets a signing key end: out of the JWK Set, its private half destroyed, its public half kept. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Replicas of the release before read pending, active and retired keys alone, as they did. */
export class SigningKeyRotation1763780400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE signing_key
        DROP CONSTRAINT signing_key_status_check,
        ADD CONSTRAINT signing_key_status_check
          CHECK (status IN ('pending', 'active', 'retired', 'gone', 'revoked')),
        ALTER COLUMN encrypted_private_key DROP NOT NULL,
        ADD CONSTRAINT signing_key_private_half
          CHECK (status = 'revoked' OR (encrypted_private_key IS NULL) = (status = 'gone'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM signing_key WHERE encrypted_private_key IS NULL`);
    await runner.query(`
      ALTER TABLE signing_key
        DROP CONSTRAINT signing_key_private_half,
        DROP CONSTRAINT signing_key_status_check,
        ADD CONSTRAINT signing_key_status_check
          CHECK (status IN ('pending', 'active', 'retired', 'revoked')),
        ALTER COLUMN encrypted_private_key SET NOT NULL`);
  }
}
