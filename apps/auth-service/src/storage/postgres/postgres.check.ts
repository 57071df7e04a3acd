/** Ready only with a PostgreSQL that answers. */
import { Injectable } from '@nestjs/common';
import { ReadinessCheck } from '../../health/readiness.check.js';
import { PostgresDatabase } from './postgres.database.js';

@Injectable()
export class PostgresCheck extends ReadinessCheck {
  readonly name = 'postgres';

  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async check(): Promise<void> {
    await this.database.manager.query('SELECT 1');
  }
}
