/** A bootstrap whose client `shop` administers the server. */
import {
  ADMIN_AUDIT_SCOPE,
  ADMIN_CLIENTS_SCOPE,
  ADMIN_KEYS_SCOPE,
  ADMIN_SESSIONS_SCOPE,
  ADMIN_USERS_SCOPE,
  ADMINISTRATION_PATH,
} from '@keyward/oauth';
import { bootstrapDocument } from './bootstrap.fixture.js';
import { ISSUER } from './test-application.js';

/** The resource that the server is to administrators. */
export const ADMINISTRATION = `${ISSUER}${ADMINISTRATION_PATH}`;

/** A scope of the administration that opens nothing. */
export const OTHER_ADMIN_SCOPE = 'admin:x';

const SCOPES = [
  ADMIN_AUDIT_SCOPE,
  ADMIN_CLIENTS_SCOPE,
  ADMIN_KEYS_SCOPE,
  ADMIN_SESSIONS_SCOPE,
  ADMIN_USERS_SCOPE,
  OTHER_ADMIN_SCOPE,
];

export function administratedBootstrap() {
  const { resources, clients, ...rest } = bootstrapDocument();
  return {
    ...rest,
    resources: [
      ...resources,
      { identifier: ADMINISTRATION, name: 'Administration', scopes: SCOPES },
    ],
    clients: clients.map((client) =>
      client.client_id === 'shop'
        ? { ...client, scope: `${client.scope} ${SCOPES.join(' ')}` }
        : client,
    ),
  };
}
