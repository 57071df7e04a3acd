/** What a client names of the resources that there are. */
import { OPENID_SCOPES, parseScope, REVOCATIONS_READ_SCOPE } from '@keyward/oauth';
import { type ClientDocument } from '../bootstrap/client.schema.js';
import { type ResourceStore } from '../resource/resource.store.js';

/**
 * Everything that is named and not there.
 * @throws TemporarilyUnavailableError where it cannot be known
 */
export async function findTargetProblems(
  { scope, own_resource, token_exchange }: ClientDocument,
  resources: ResourceStore,
): Promise<string[]> {
  const wanted = parseScope(scope) ?? [];
  const offering = await resources.findOffering(wanted);
  const offered = new Set<string>([
    ...offering.flatMap(({ scopes }) => scopes),
    ...OPENID_SCOPES,
    REVOCATIONS_READ_SCOPE,
  ]);
  const named = [...new Set([own_resource ?? [], token_exchange?.resources ?? []].flat())];
  const found = await resources.findNamed(named);
  const problems = [
    ...wanted
      .filter((token) => !offered.has(token))
      .map((token) => `scope: no resource offers ${token}`),
    ...named
      .filter((identifier) => !found.some((resource) => resource.identifier === identifier))
      .map((identifier) => `${identifier} is not a resource of this server`),
  ];
  if (own_resource === undefined && wanted.includes(REVOCATIONS_READ_SCOPE)) {
    problems.push(`scope: ${REVOCATIONS_READ_SCOPE} is for resource servers (own_resource)`);
  }
  for (const identifier of token_exchange?.resources ?? []) {
    const target = found.find((resource) => resource.identifier === identifier);
    if (target === undefined || target.scopes.some((token) => wanted.includes(token))) continue;
    problems.push(`token_exchange: the client has no scope of ${identifier}`);
  }
  return problems;
}
