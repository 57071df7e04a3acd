/** Hears by LISTEN what another process commits by NOTIFY; without it a poll finds the same, later. */
import { Injectable } from '@nestjs/common';
import { type Client } from 'pg';
import { type QueryRunner } from 'typeorm';
import { RevocationSignal } from '../../revocation/feed/revocation.signal.js';
import { REVOCATION_CHANNEL } from './postgres-revocation.record.js';
import { PostgresDatabase } from './postgres.database.js';

/** Holds one connection of the pool. */
@Injectable()
export class PostgresRevocationSignal extends RevocationSignal {
  private runner: QueryRunner | null = null;
  private starting: Promise<void> | null = null;

  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  listen(listener: () => void): Promise<void> {
    if (this.runner !== null) return Promise.resolve();
    this.starting ??= this.start(listener).finally(() => (this.starting = null));
    return this.starting;
  }

  async stop(): Promise<void> {
    await this.starting?.catch(() => undefined);
    await this.release();
  }

  private async start(listener: () => void): Promise<void> {
    const runner = this.database.manager.connection.createQueryRunner();
    try {
      const client = (await runner.connect()) as Client;
      const onEnd = () => void this.release();
      client.on('notification', listener);
      client.once('error', onEnd);
      client.once('end', onEnd);
      await runner.query(`LISTEN ${REVOCATION_CHANNEL}`);
      this.runner = runner;
    } catch (error) {
      await runner.release();
      throw error;
    }
    // What was committed before LISTEN took effect was told to nobody.
    listener();
  }

  private async release(): Promise<void> {
    const { runner } = this;
    this.runner = null;
    if (runner === null) return;
    const client = (await runner.connect()) as Client;
    client.removeAllListeners('notification');
    // The connection goes back to the pool, and must not hear any more.
    await runner.query(`UNLISTEN *`).catch(() => undefined);
    await runner.release().catch(() => undefined);
  }
}
