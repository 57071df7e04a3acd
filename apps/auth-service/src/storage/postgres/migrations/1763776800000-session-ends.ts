/** Records what the end of a session brings about, so that it is done whatever fails meanwhile. */
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class SessionEnds1763776800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Cookies whose hot copies must go: of ended sessions, and replaced at a sign-in.
    await runner.query(`
      CREATE TABLE stale_session_copy (
        cookie_sha256 bytea PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    // When the grants of an ended session were revoked.
    await runner.query(`ALTER TABLE session ADD COLUMN settled_at timestamptz`);
    await runner.query(
      `CREATE INDEX session_unsettled ON session (ended_at)
         WHERE ended_at IS NOT NULL AND settled_at IS NULL`,
    );
    // No foreign keys: a delivery outlives the session, and the client is asked for at each attempt.
    await runner.query(`
      CREATE TABLE logout_delivery (
        delivery_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        client_id text NOT NULL,
        account_id uuid NOT NULL,
        sid uuid NOT NULL,
        created_at timestamptz NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL,
        done_at timestamptz,
        outcome text CHECK (outcome IN ('delivered', 'given_up')),
        CHECK ((done_at IS NULL) = (outcome IS NULL)),
        UNIQUE (sid, client_id)
      )`);
    await runner.query(
      `CREATE INDEX logout_delivery_due ON logout_delivery (next_attempt_at) WHERE done_at IS NULL`,
    );
    await runner.query(
      `CREATE INDEX logout_delivery_done ON logout_delivery (done_at) WHERE done_at IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE logout_delivery, stale_session_copy`);
    await runner.query(`ALTER TABLE session DROP COLUMN settled_at`);
  }
}
