/** What the parts of a bootstrap file say about each other. */
import { OPENID_SCOPES, parseScope, REVOCATIONS_READ_SCOPE } from '@keyward/oauth';
import { type BootstrapDocument } from './bootstrap.schema.js';
import { findOfferedUpstreamProblems } from './upstream.rules.js';

/** Everything that is named twice, or that is named and not there. */
export function findReferenceProblems({
  resources,
  clients,
  groups,
  accounts,
  partners,
  upstreams,
  authorization_details_types,
}: BootstrapDocument): string[] {
  const upstreamIds = upstreams.map(({ id }) => id);
  const types = authorization_details_types.map(({ type }) => type);
  const identifiers = resources.map(({ identifier }) => identifier);
  const offered = new Set<string>([
    ...resources.flatMap(({ scopes }) => scopes),
    ...OPENID_SCOPES,
    REVOCATIONS_READ_SCOPE,
  ]);
  return [
    ...repeated('resource', identifiers),
    ...repeated(
      'client',
      clients.map(({ client_id }) => client_id),
    ),
    ...repeated(
      'group',
      groups.map(({ name }) => name),
    ),
    // A name with a typo would be a demand that nobody meets, and that nobody is held to.
    ...accounts.flatMap(({ username, groups: ofAccount }) =>
      ofAccount
        .filter((name) => !groups.some((group) => group.name === name))
        .map((name) => `account ${username}: the group ${name} is not declared`),
    ),
    ...repeated(
      'account',
      accounts.map(({ account_id }) => account_id),
    ),
    ...repeated(
      'username',
      accounts.map(({ username }) => username),
    ),
    ...repeated(
      'partner',
      partners.map(({ partner_id }) => partner_id),
    ),
    ...repeated(
      'issuer',
      partners.map(({ issuer }) => issuer),
    ),
    ...repeated('upstream', upstreamIds),
    ...repeated(
      'upstream issuer',
      upstreams.map(({ issuer }) => issuer),
    ),
    ...clients.flatMap((client) =>
      findOfferedUpstreamProblems(client, upstreamIds).map(
        (problem) => `client ${client.client_id}: ${problem}`,
      ),
    ),
    ...clients.flatMap((client) => findExchangeProblems(client, resources)),
    ...repeated('authorization details type', types),
    ...authorization_details_types
      .filter(({ resource }) => !identifiers.includes(resource))
      .map(({ type }) => `authorization details type ${type}: its resource is not declared`),
    ...clients.flatMap(({ client_id, authorization_details_types: ofClient }) =>
      ofClient
        .filter((type) => !types.includes(type))
        .map(
          (type) => `client ${client_id}: the authorization details type ${type} is not declared`,
        ),
    ),
    ...resources.flatMap(({ identifier, scopes }) =>
      // They are about the person, at userinfo: a resource that had one would be a target of it too.
      scopes
        .filter((token) => OPENID_SCOPES.some((scope) => scope === token))
        .map((token) => `resource ${identifier}: the scope ${token} is OpenID Connect's`),
    ),
    ...resources
      .filter(({ scopes }) => scopes.includes(REVOCATIONS_READ_SCOPE))
      .map(({ identifier }) => `resource ${identifier}: ${REVOCATIONS_READ_SCOPE} is the issuer's`),
    ...clients.flatMap(({ client_id, scope, own_resource }) => [
      ...(parseScope(scope) ?? [])
        .filter((token) => !offered.has(token))
        .map((token) => `client ${client_id}: no resource offers the scope ${token}`),
      ...(own_resource === undefined || identifiers.includes(own_resource)
        ? []
        : [`client ${client_id}: own_resource is not a declared resource`]),
      ...(own_resource === undefined && parseScope(scope)?.includes(REVOCATIONS_READ_SCOPE)
        ? [`client ${client_id}: ${REVOCATIONS_READ_SCOPE} is for resource servers (own_resource)`]
        : []),
    ]),
  ];
}

/** A resource that is not there, or at which the client could never be given anything. */
function findExchangeProblems(
  { client_id, scope, token_exchange }: BootstrapDocument['clients'][number],
  resources: BootstrapDocument['resources'],
): string[] {
  const scopes = parseScope(scope) ?? [];
  return (token_exchange?.resources ?? []).flatMap((id) => {
    const target = resources.find(({ identifier }) => identifier === id);
    if (target === undefined) {
      return [`client ${client_id}: token_exchange: ${id} is not a declared resource`];
    }
    return target.scopes.some((token) => scopes.includes(token))
      ? []
      : [`client ${client_id}: token_exchange: the client has no scope of ${id}`];
  });
}

function repeated(what: string, values: readonly string[]): string[] {
  const twice = new Set(values.filter((value, index) => values.indexOf(value) !== index));
  return [...twice].map((value) => `AUTH_BOOTSTRAP_FILE declares the ${what} ${value} twice`);
}
