/** The clients and resources that no bootstrap file declares: for the rules that look at the declared ones. */
import { DataSource, In, IsNull, Not } from 'typeorm';
import { ClientEntity } from '../storage/postgres/entities/client.entity.js';
import { ResourceEntity } from '../storage/postgres/entities/resource.entity.js';
import { servingOptions } from '../storage/postgres/postgres.options.js';
import { type Deployment } from './diagnosis.js';

/**
 * The deployment with every client that may do something and every resource that it has, whoever registered
 * them. As it was where PostgreSQL does not answer, or has not been migrated: rules of their own say that.
 */
export async function withRegistered(deployment: Deployment): Promise<Deployment> {
  const { environment, bootstrap } = deployment;
  if (environment.DATABASE_URL === undefined) return deployment;
  const source = new DataSource(servingOptions(environment.DATABASE_URL, () => undefined));
  try {
    await source.initialize();
    const declared = bootstrap.clients.map(({ clientId }) => clientId);
    const clients = await source.manager.find(ClientEntity, {
      where: { clientId: Not(In(declared)), disabledAt: IsNull() },
      order: { clientId: 'ASC' },
    });
    const named = bootstrap.resources.map(({ identifier }) => identifier);
    const resources = await source.manager.find(ResourceEntity, {
      where: { identifier: Not(In(named)) },
      order: { identifier: 'ASC' },
    });
    return {
      ...deployment,
      bootstrap: {
        ...bootstrap,
        clients: [...bootstrap.clients, ...clients],
        resources: [...bootstrap.resources, ...resources],
      },
    };
  } catch {
    return deployment;
  } finally {
    if (source.isInitialized) await source.destroy().catch(() => undefined);
  }
}
