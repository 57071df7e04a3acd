/** Builds and drops indexes while everybody reads and writes, which no transaction can. */
import { type QueryRunner } from 'typeorm';

/**
 * Runs statements that hold nobody up, however long they take: none of the limits of other migrations
 * applies. For migrations with `transaction = false`, whose statements must bear repetition.
 */
export async function concurrently(runner: QueryRunner, work: () => Promise<void>): Promise<void> {
  await runner.query('SET statement_timeout = 0');
  await runner.query('SET lock_timeout = 0');
  try {
    await work();
  } finally {
    await runner.query('RESET statement_timeout');
    await runner.query('RESET lock_timeout');
  }
}
