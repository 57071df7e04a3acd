/** Tells a declared password that has changed from one that its person has changed. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class DeclaredPasswords1763773320000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE account ADD COLUMN declared_password_hash text
         CHECK (declared_password_hash LIKE '$argon2id$%')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE account DROP COLUMN declared_password_hash`);
  }
}
