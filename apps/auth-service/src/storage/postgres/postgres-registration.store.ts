/** Registration by others in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Client } from '../../client/client.js';
import { type ClientChange, type RegisteredClient } from '../../client/client.registry.js';
import {
  type FoundRegistration,
  type Registration,
  RegistrationStore,
} from '../../dynamic-registration/registration.store.js';
import { type RegistrationToken } from '../../dynamic-registration/registration.token.js';
import { ClientEntity } from './entities/client.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';
import {
  CLOSE,
  COLUMNS,
  FIND,
  INSERT,
  ISSUE,
  LIST,
  LIVE,
  PURGE,
  PURGE_PUBLISHED,
  REPLACE,
  REVOKE,
  type RegistrationRow,
  USE,
} from './registration.statements.js';

@Injectable()
export class PostgresRegistrationStore extends RegistrationStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async issueToken(
    token: Omit<RegistrationToken, 'createdAt' | 'revokedAt'>,
    sha256: Buffer,
  ): Promise<RegistrationToken> {
    const { tokenId, description, scopes, grantTypes, refreshProfile } = token;
    const { usesLeft, expiresAt, createdBy } = token;
    const values = [tokenId, sha256, description, scopes, grantTypes, refreshProfile];
    const [row] = await this.tokens(ISSUE, [...values, usesLeft, expiresAt, createdBy]);
    return row as RegistrationToken;
  }

  listTokens(after: string | null, limit: number): Promise<readonly RegistrationToken[]> {
    return this.tokens(LIST, [after, limit]);
  }

  async revokeToken(tokenId: string): Promise<RegistrationToken | null> {
    return (await this.changedTokens(REVOKE, [tokenId]))[0] ?? null;
  }

  async findLiveToken(sha256: Buffer): Promise<RegistrationToken | null> {
    const statement = `SELECT ${COLUMNS} FROM registration_token WHERE token_sha256 = $1 AND ${LIVE}`;
    return (await this.tokens(statement, [sha256]))[0] ?? null;
  }

  register(
    tokenId: string,
    client: Client,
    { terms, information, accessTokenSha256 }: Registration,
  ): Promise<RegisteredClient | null> {
    return onPostgres(() =>
      this.database.manager.transaction(async (manager) => {
        const [, used] = await manager.query<[unknown, number]>(USE, [tokenId]);
        if (used === 0) return null;
        await manager.insert(ClientEntity, client as never);
        const { scopes, grantTypes, refreshProfile } = terms;
        const values = [client.clientId, tokenId, accessTokenSha256, scopes, grantTypes];
        await manager.query(INSERT, [...values, refreshProfile, JSON.stringify(information)]);
        return registered(await row(manager, client.clientId));
      }),
    );
  }

  find(clientId: string, accessTokenSha256: Buffer): Promise<FoundRegistration | null> {
    return onPostgres(async () => {
      const { manager } = this.database;
      const [[found]] = await manager.query<[RegistrationRow[], number]>(FIND, [
        clientId,
        accessTokenSha256,
      ]);
      if (found === undefined) return null;
      const { scopes, grantTypes, refreshProfile, information, tokenId } = found;
      const client = registered(await row(manager, clientId));
      if (client.client.disabledAt !== null) return null;
      return { ...client, terms: { scopes, grantTypes, refreshProfile }, information, tokenId };
    });
  }

  replace(
    clientId: string,
    presented: Buffer,
    change: (client: Client) => Partial<Omit<Client, 'clientId'>>,
    { information, accessTokenSha256 }: Omit<Registration, 'terms'>,
  ): Promise<ClientChange | null> {
    return onPostgres(() =>
      this.database.manager.transaction(async (manager) => {
        const entity = await manager.findOne(ClientEntity, {
          where: { clientId },
          lock: { mode: 'pessimistic_write' },
        });
        const values = [clientId, presented, accessTokenSha256, JSON.stringify(information)];
        const [, replaced] = await manager.query<[unknown, number]>(REPLACE, values);
        if (entity === null || entity.disabledAt !== null || replaced === 0) return null;
        const before = registered(entity).client;
        const after = await manager.save(ClientEntity, Object.assign(entity, change(before)));
        return { before, after: registered(after) };
      }),
    );
  }

  async close(clientId: string): Promise<void> {
    await onPostgres(() => this.database.manager.query(CLOSE, [clientId]));
  }

  async purge(before: Date, limit: number): Promise<readonly string[]> {
    const [rows] = await onPostgres(() =>
      this.database.manager.query<[{ client_id: string }[], number]>(PURGE, [before, limit]),
    );
    return rows.map(({ client_id }) => client_id);
  }

  async purgePublished(before: Date, limit: number): Promise<readonly string[]> {
    const [rows] = await onPostgres(() =>
      this.database.manager.query<[{ client_id: string }[], number]>(PURGE_PUBLISHED, [
        before,
        limit,
      ]),
    );
    return rows.map(({ client_id }) => client_id);
  }

  private tokens(statement: string, values: unknown[]): Promise<RegistrationToken[]> {
    return onPostgres(() => this.database.manager.query<RegistrationToken[]>(statement, values));
  }

  private async changedTokens(statement: string, values: unknown[]): Promise<RegistrationToken[]> {
    const [rows] = await onPostgres(() =>
      this.database.manager.query<[RegistrationToken[], number]>(statement, values),
    );
    return rows;
  }
}

function row(manager: EntityManager, clientId: string): Promise<ClientEntity> {
  return manager.findOneByOrFail(ClientEntity, { clientId });
}

function registered({ createdAt, updatedAt, ...client }: ClientEntity): RegisteredClient {
  return { client, createdAt, updatedAt };
}
