/** Lets audit events be found by session and by type as fast as by account, client and grant. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class AuditQueries1763773260000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX audit_event_session ON audit_event (sid, occurred_at)`);
    await runner.query(`CREATE INDEX audit_event_type ON audit_event (type, occurred_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX audit_event_session, audit_event_type`);
  }
}
