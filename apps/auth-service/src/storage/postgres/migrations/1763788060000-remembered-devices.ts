/** Lets a remembered device say where it was, and end with every sign-in of its account. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class RememberedDevices1763788060000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No release has written to the table yet.
    await runner.query(`
      ALTER TABLE remembered_device
        ADD COLUMN address text,
        ADD COLUMN sign_in_epoch integer NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE remembered_device DROP COLUMN address, DROP COLUMN sign_in_epoch`);
  }
}
