/** Opens PostgreSQL before the modules that import it and closes it after them. */
import { Module } from '@nestjs/common';
import { PostgresDatabase } from './postgres.database.js';

@Module({ providers: [PostgresDatabase], exports: [PostgresDatabase] })
export class PostgresModule {}
