/** The resources in PostgreSQL, for those who keep them. */
import { Injectable } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { type Resource } from '../../resource/resource.js';
import { type ResourceChange, ResourceRegistry } from '../../resource/resource.registry.js';
import { ADVISORY_LOCKS } from './advisory.lock.js';
import { ResourceEntity } from './entities/resource.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

@Injectable()
export class PostgresResourceRegistry extends ResourceRegistry {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  list(after: string | null, limit: number): Promise<readonly Resource[]> {
    return onPostgres(() =>
      this.database.manager.find(ResourceEntity, {
        ...(after !== null && { where: { identifier: MoreThan(after) } }),
        order: { identifier: 'ASC' },
        take: limit,
      }),
    );
  }

  put(resource: Resource): Promise<ResourceChange> {
    const { identifier } = resource;
    return onPostgres(() =>
      this.database.manager.transaction(async (manager) => {
        // With the bootstrap file's: a row that is not there yet cannot be locked.
        await manager.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCKS.bootstrap]);
        const before = await manager.findOneBy(ResourceEntity, { identifier });
        await manager.upsert(
          ResourceEntity,
          { ...resource, scopes: [...resource.scopes] },
          { conflictPaths: ['identifier'], skipUpdateIfNoValuesChanged: true },
        );
        // As it is kept, on both sides: what PostgreSQL orders is no difference.
        return { before, after: await manager.findOneByOrFail(ResourceEntity, { identifier }) };
      }),
    );
  }
}
