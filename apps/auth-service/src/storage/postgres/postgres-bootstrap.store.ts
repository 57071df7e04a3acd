/** Applies declared clients, resources, partners and groups to PostgreSQL. */
import { Injectable } from '@nestjs/common';
import {
  BootstrapStore,
  type DeclaredClient,
  type DeclaredGroup,
  type DeclaredPartner,
} from '../../bootstrap/bootstrap.store.js';
import { StartupError } from '../../config/startup.error.js';
import { type Resource } from '../../resource/resource.js';
import { ADVISORY_LOCKS } from './advisory.lock.js';
import { ClientEntity } from './entities/client.entity.js';
import { ResourceEntity } from './entities/resource.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { declarePartners, isPartnerIdTaken } from './partner.declaration.js';
import { onPostgres } from './postgres.error.js';

const DECLARE_GROUP = `
  INSERT INTO account_group (name, required_acr) VALUES ($1, $2)
  ON CONFLICT (name) DO UPDATE SET required_acr = excluded.required_acr
  WHERE account_group.required_acr <> excluded.required_acr`;

@Injectable()
export class PostgresBootstrapStore extends BootstrapStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async apply(
    resources: readonly Resource[],
    clients: readonly DeclaredClient[],
    partners: readonly DeclaredPartner[] = [],
    groups: readonly DeclaredGroup[] = [],
  ): Promise<void> {
    await onPostgres(() =>
      this.database.manager.transaction(async (manager) => {
        await manager.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCKS.bootstrap]);
        // Resources first: a client may refer to one as its own.
        for (const resource of resources) {
          await manager.upsert(
            ResourceEntity,
            { ...resource, scopes: [...resource.scopes] },
            { conflictPaths: ['identifier'], skipUpdateIfNoValuesChanged: true },
          );
        }
        for (const client of clients) {
          await manager.upsert(
            ClientEntity,
            {
              ...client,
              source: 'file',
              grantTypes: [...client.grantTypes],
              scopes: [...client.scopes],
              redirectUris: [...client.redirectUris],
              postLogoutRedirectUris: [...client.postLogoutRedirectUris],
              corsOrigins: [...client.corsOrigins],
              authorizationDetailsTypes: [...client.authorizationDetailsTypes],
              upstreams: [...client.upstreams],
            },
            { conflictPaths: ['clientId'], skipUpdateIfNoValuesChanged: true },
          );
        }
        await declarePartners(manager, partners);
        for (const { name, requiredAcr } of groups) {
          await manager.query(DECLARE_GROUP, [name, requiredAcr]);
        }
      }),
    ).catch((error: unknown) => {
      if (!isPartnerIdTaken(error)) throw error;
      const reason = 'a partner has the partner_id of another issuer, whose subjects would be its';
      throw new StartupError(`AUTH_BOOTSTRAP_FILE: ${reason}`, { cause: error });
    });
  }
}
