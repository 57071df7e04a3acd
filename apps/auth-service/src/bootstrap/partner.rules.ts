/** What the members of a declared partner mean for each other and for the rest of the file. */
import { importJwkSet } from '@keyward/auth';
import { JWT_BEARER_GRANT, parseScope } from '@keyward/oauth';
import { findServerUriProblem } from '../client/client-uri.rules.js';
import { type BootstrapDocument } from './bootstrap.schema.js';
import { type PartnerDocument } from './partner.schema.js';

/** Every rule that a partner breaks, a sentence each that begins with the member. */
export function findPartnerProblems(
  partner: PartnerDocument,
  file: Pick<BootstrapDocument, 'clients' | 'resources'>,
  production: boolean,
): string[] {
  return [
    ...findKeyProblems(partner, production),
    ...findClientProblems(partner, file),
    ...findTargetProblems(partner, file),
  ];
}

function findKeyProblems({ jwks, jwks_uri, algorithms }: PartnerDocument, production: boolean) {
  if ((jwks === undefined) === (jwks_uri === undefined)) {
    return ['either jwks or jwks_uri is needed'];
  }
  if (jwks_uri !== undefined) {
    const problem = findServerUriProblem(jwks_uri, production);
    return problem === null ? [] : [`jwks_uri ${problem}`];
  }
  const { keys, ignored } = importJwkSet({ ...jwks }, algorithms);
  const [first] = ignored;
  if (first !== undefined) return [`jwks: the key ${first.kid ?? 'without kid'} ${first.reason}`];
  if (keys.length === 0) return [`jwks: no key is for one of ${algorithms.join(', ')}`];
  const isAmbiguous = keys.length > 1 && keys.some(({ kid }) => kid === undefined);
  return isAmbiguous ? ['jwks: of several keys each needs a kid'] : [];
}

function findClientProblems(
  { issuer, clients: named }: PartnerDocument,
  { clients }: Pick<BootstrapDocument, 'clients'>,
): string[] {
  const presenting = clients.filter(({ grant_types }) => grant_types.includes(JWT_BEARER_GRANT));
  const problems = named
    .filter((id) => !presenting.some(({ client_id }) => client_id === id))
    .map((id) => `clients: ${id} is no declared client with the grant type ${JWT_BEARER_GRANT}`);
  // What such a client signs to authenticate could be taken for an assertion about a person.
  if (clients.some(({ client_id }) => client_id === issuer)) {
    problems.push('issuer is also the id of a client');
  }
  return problems;
}

function findTargetProblems(
  { resources: named, scope }: PartnerDocument,
  { resources }: Pick<BootstrapDocument, 'resources'>,
): string[] {
  const targets = resources.filter(({ identifier }) => named.includes(identifier));
  const unknown = named.filter((id) => !targets.some(({ identifier }) => identifier === id));
  const unoffered = (parseScope(scope) ?? []).filter(
    (token) => !targets.some(({ scopes }) => scopes.includes(token)),
  );
  return [
    ...unknown.map((id) => `resources: ${id} is not a declared resource`),
    ...unoffered.map((token) => `scope: none of its resources offers ${token}`),
  ];
}
