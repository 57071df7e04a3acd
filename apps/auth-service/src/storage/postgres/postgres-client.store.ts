/** Clients in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { type Client } from '../../client/client.js';
import { ClientStore } from '../../client/client.store.js';
import { ClientEntity } from './entities/client.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

@Injectable()
export class PostgresClientStore extends ClientStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  find(clientId: string): Promise<Client | null> {
    return onPostgres(() => this.database.manager.findOneBy(ClientEntity, { clientId }));
  }
}
