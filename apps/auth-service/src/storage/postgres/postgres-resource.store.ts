/** Resources in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { ArrayOverlap, In } from 'typeorm';
import { type Resource } from '../../resource/resource.js';
import { ResourceStore } from '../../resource/resource.store.js';
import { ResourceEntity } from './entities/resource.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

@Injectable()
export class PostgresResourceStore extends ResourceStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async findOffering(scopes: readonly string[]): Promise<readonly Resource[]> {
    if (scopes.length === 0) return [];
    return onPostgres(() =>
      this.database.manager.find(ResourceEntity, {
        where: { scopes: ArrayOverlap([...scopes]) },
        order: { identifier: 'ASC' },
      }),
    );
  }

  async findNamed(identifiers: readonly string[]): Promise<readonly Resource[]> {
    if (identifiers.length === 0) return [];
    return onPostgres(() =>
      this.database.manager.find(ResourceEntity, {
        where: { identifier: In([...identifiers]) },
        order: { identifier: 'ASC' },
      }),
    );
  }
}
