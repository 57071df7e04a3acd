/** The clients in PostgreSQL, for those who keep them. */
import { Injectable } from '@nestjs/common';
import { type EntityManager, MoreThan } from 'typeorm';
import { type Client } from '../../client/client.js';
import {
  type ClientChange,
  ClientRegistry,
  type RegisteredClient,
} from '../../client/client.registry.js';
import { ClientEntity } from './entities/client.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

@Injectable()
export class PostgresClientRegistry extends ClientRegistry {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async list(after: string | null, limit: number): Promise<readonly RegisteredClient[]> {
    const rows = await onPostgres(() =>
      this.database.manager.find(ClientEntity, {
        ...(after !== null && { where: { clientId: MoreThan(after) } }),
        order: { clientId: 'ASC' },
        take: limit,
      }),
    );
    return rows.map(registered);
  }

  async find(clientId: string): Promise<RegisteredClient | null> {
    const row = await onPostgres(() => this.database.manager.findOneBy(ClientEntity, { clientId }));
    return row === null ? null : registered(row);
  }

  create(client: Client): Promise<RegisteredClient | null> {
    return onPostgres(async () => {
      const { manager } = this.database;
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(ClientEntity)
        .values(client as never)
        .orIgnore()
        .returning('client_id')
        .execute();
      if ((inserted.raw as unknown[]).length === 0) return null;
      return registered(await manager.findOneByOrFail(ClientEntity, { clientId: client.clientId }));
    });
  }

  change(
    clientId: string,
    change: (client: Client, current: RegisteredClient) => Partial<Omit<Client, 'clientId'>>,
  ): Promise<ClientChange | null> {
    return onPostgres(() =>
      this.database.manager.transaction(async (manager) => {
        const row = await lockedRow(manager, clientId);
        if (row === null) return null;
        const current = registered(row);
        const before = current.client;
        const changed = Object.assign(row, change(before, current));
        return { before, after: registered(await manager.save(ClientEntity, changed)) };
      }),
    );
  }
}

function lockedRow(manager: EntityManager, clientId: string): Promise<ClientEntity | null> {
  return manager.findOne(ClientEntity, {
    where: { clientId },
    lock: { mode: 'pessimistic_write' },
  });
}

function registered({ createdAt, updatedAt, ...client }: ClientEntity): RegisteredClient {
  return { client, createdAt, updatedAt };
}
