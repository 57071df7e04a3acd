/** Lets the doctor say how old the secrets of clients are. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class ClientSecretAge1795710000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Null for secrets from before: they count as old as their client, without a row being written.
    await runner.query(`ALTER TABLE client ADD COLUMN secret_since timestamptz`);
    // Kept by the table itself: a replica of the release before changes secrets, too, and the bootstrap file
    // writes the same one again at each start.
    await runner.query(`
      CREATE FUNCTION client_secret_since() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.secret_since := CASE WHEN NEW.secret_sha256 IS NULL THEN NULL ELSE now() END;
        RETURN NEW;
      END $$`);
    await runner.query(`
      CREATE TRIGGER client_secret_made BEFORE INSERT ON client
      FOR EACH ROW EXECUTE FUNCTION client_secret_since()`);
    await runner.query(`
      CREATE TRIGGER client_secret_changed BEFORE UPDATE OF secret_sha256 ON client
      FOR EACH ROW WHEN (NEW.secret_sha256 IS DISTINCT FROM OLD.secret_sha256)
      EXECUTE FUNCTION client_secret_since()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER client_secret_changed ON client`);
    await runner.query(`DROP TRIGGER client_secret_made ON client`);
    await runner.query(`DROP FUNCTION client_secret_since()`);
    await runner.query(`ALTER TABLE client DROP COLUMN secret_since`);
  }
}
