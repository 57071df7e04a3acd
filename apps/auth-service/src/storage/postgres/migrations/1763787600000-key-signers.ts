/** Lets a signer outside of the database hold a key's private half: the row says which, and under what name. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Replicas of the release before go on with the keys in rows, which is what they make. Those of another
 * signer they do not see: no such signer is configured before all are of this release.
 */
export class KeySigners1763787600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE signing_key
        ADD COLUMN signer text NOT NULL DEFAULT 'row',
        ADD COLUMN signer_key text,
        DROP CONSTRAINT signing_key_private_half,
        ADD CONSTRAINT signing_key_private_half
          CHECK (status = 'revoked' OR
            num_nonnulls(encrypted_private_key, signer_key) = (status <> 'gone')::int)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM signing_key WHERE signer_key IS NOT NULL`);
    await runner.query(`
      ALTER TABLE signing_key
        DROP CONSTRAINT signing_key_private_half,
        ADD CONSTRAINT signing_key_private_half
          CHECK (status = 'revoked' OR (encrypted_private_key IS NULL) = (status = 'gone')),
        DROP COLUMN signer_key,
        DROP COLUMN signer`);
  }
}
