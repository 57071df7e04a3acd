/** The connection to PostgreSQL, and the embedded server where no other was configured. */
import { join } from 'node:path';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { type Pool } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { type PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { storageConfig, type StorageConfig } from '../../config/storage.config.js';
import { StartupError } from '../../config/startup.error.js';
import { EmbeddedPostgresServer } from './embedded/embedded-postgres-server.js';
import { migrate } from './postgres.migrations.js';
import { servingOptions } from './postgres.options.js';
import { postgresProblem, requireMigrated, whenPostgresIsReachable } from './postgres.start.js';

/**
 * Owns the pool and, where there is one, the server: they end in this order, after everything that
 * uses them. That order is why `@nestjs/typeorm`, which closes its pool last of all, is not used.
 */
@Injectable()
export class PostgresDatabase implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(PostgresDatabase.name);
  private server: EmbeddedPostgresServer | null = null;
  private dataSource: DataSource | null = null;

  constructor(@Inject(storageConfig.KEY) private readonly config: StorageConfig) {}

  /**
   * Connects, after bringing the schema up to date, or after seeing that it is.
   * @throws StartupError where that is not possible
   */
  async onModuleInit(): Promise<void> {
    await this.openBy((url) =>
      whenPostgresIsReachable(
        () => this.prepare(url),
        this.config.startTimeoutMs,
        (line) => this.logger.warn(line),
      ),
    );
  }

  /**
   * Connects to the schema that is there, for a command beside replicas of whatever release.
   * @throws StartupError where that is not possible
   */
  async openAsItIs(): Promise<void> {
    await this.openBy(async () => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource?.destroy();
    await this.server?.stop();
  }

  /** @throws Error before the module was initialised, which is a wiring mistake */
  get manager(): EntityManager {
    if (this.dataSource === null) throw new Error('PostgresDatabase is used before it is open');
    return this.dataSource.manager;
  }

  /** Connections of the pool, and requests that wait for one. */
  get pool(): { readonly busy: number; readonly idle: number; readonly waiting: number } {
    const { master } = this.manager.dataSource.driver as PostgresDriver;
    const { totalCount, idleCount, waitingCount } = master as Pool;
    return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  private async prepare(url: string): Promise<void> {
    // What is embedded belongs to this process, and to no `migrate` before it.
    const isEmbedded = this.config.databaseUrl === undefined;
    if (this.config.migrations === 'require' && !isEmbedded) return requireMigrated(url);
    const ran = await migrate(url, { onWait: (line) => this.logger.warn(line) });
    if (ran.length > 0) this.logger.log(`ran ${ran.length} migration(s): ${ran.join(', ')}`);
  }

  private async openBy(prepare: (url: string) => Promise<void>): Promise<void> {
    try {
      const url = this.config.databaseUrl ?? (await this.startServer()).url;
      await prepare(url);
      await this.open(url);
    } catch (error) {
      const reason = postgresProblem(error);
      const which = this.config.databaseUrl === undefined ? 'embedded' : 'DATABASE_URL';
      throw new StartupError(`PostgreSQL cannot be used (${which}): ${reason}`, { cause: error });
    }
  }

  private async open(url: string): Promise<void> {
    const options = servingOptions(url, (error) =>
      this.logger.warn(`an idle connection broke: ${String(error)}`),
    );
    this.dataSource = await new DataSource(options).initialize();
  }

  private async startServer(): Promise<EmbeddedPostgresServer> {
    this.logger.log(`no DATABASE_URL: starting PostgreSQL in ${this.config.dataDirectory}`);
    this.server = await EmbeddedPostgresServer.start({
      directory: join(this.config.dataDirectory, 'postgres'),
      database: 'keyward',
      log: (line) => this.logger.log(line),
    });
    return this.server;
  }
}
