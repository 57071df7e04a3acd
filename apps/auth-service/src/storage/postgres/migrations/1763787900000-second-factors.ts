/** Adds second factors, and who needs them. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class SecondFactors1763787900000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Defaults, so that a replica of the release before may go on inserting.
    await runner.query(`ALTER TABLE client ADD COLUMN required_acr text`);
    await runner.query(`ALTER TABLE account ADD COLUMN groups text[] NOT NULL DEFAULT '{}'`);
    await runner.query(`
      CREATE TABLE account_group (
        name text PRIMARY KEY,
        required_acr text NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE factor (
        factor_id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
        kind text NOT NULL CHECK (kind IN ('totp', 'passkey')),
        name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        last_used_at timestamptz,
        -- Of an authenticator application: its secret, encrypted, and the last step that was used.
        secret bytea,
        key_version integer,
        last_step bigint,
        -- Of a passkey (WebAuthn section 4, credential record).
        credential_id bytea UNIQUE,
        public_key bytea,
        sign_count bigint,
        transports text[],
        backup_eligible boolean,
        CHECK (CASE kind
          WHEN 'totp' THEN secret IS NOT NULL AND key_version IS NOT NULL
          ELSE credential_id IS NOT NULL AND public_key IS NOT NULL AND sign_count IS NOT NULL
            AND transports IS NOT NULL AND backup_eligible IS NOT NULL END)
      )`);
    await runner.query(`CREATE INDEX factor_account ON factor (account_id)`);
    await runner.query(`
      CREATE TABLE recovery_code (
        account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
        code_sha256 bytea NOT NULL,
        used_at timestamptz,
        PRIMARY KEY (account_id, code_sha256)
      )`);
    await runner.query(`
      CREATE TABLE remembered_device (
        cookie_sha256 bytea PRIMARY KEY,
        device_id uuid NOT NULL UNIQUE,
        account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
        user_agent text,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX remembered_device_account ON remembered_device (account_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['remembered_device', 'recovery_code', 'factor', 'account_group']) {
      await runner.query(`DROP TABLE ${table}`);
    }
    await runner.query(`ALTER TABLE account DROP COLUMN groups`);
    await runner.query(`ALTER TABLE client DROP COLUMN required_acr`);
  }
}
