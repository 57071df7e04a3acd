/** Which clients may be given tokens for the tokens of others: by exchange, or for a partner's assertion. */
import { JWT_BEARER_GRANT, TOKEN_EXCHANGE_GRANT } from '@keyward/oauth';
import { PARTNER_SUBJECT_PREFIX } from '../partner/partner.js';
import { type ClientDocument } from './client.schema.js';

/** Every rule that a client breaks, a sentence each that begins with the member. */
export function findDerivationProblems(client: ClientDocument): string[] {
  const { client_id, grant_types, own_resource, token_exchange } = client;
  const isPublic = client.token_endpoint_auth_method === 'none';
  const exchanges = grant_types.includes(TOKEN_EXCHANGE_GRANT);
  const presents = grant_types.includes(JWT_BEARER_GRANT);
  const problems: string[] = [];
  if (exchanges !== (token_exchange !== undefined)) {
    problems.push('token_exchange goes together with the grant type of token exchange');
  }
  if (exchanges && own_resource === undefined) {
    problems.push('token_exchange needs own_resource: only what was sent to it can be exchanged');
  }
  // Whoever knows the client_id could do as much with any token that it has found.
  if (exchanges && isPublic) problems.push('token_exchange is not for a public client');
  if (presents && isPublic) problems.push('grant_types: a public client cannot have jwt-bearer');
  if (client_id.startsWith(PARTNER_SUBJECT_PREFIX)) {
    problems.push(`client_id: ${PARTNER_SUBJECT_PREFIX} begins the subjects of partners`);
  }
  return problems;
}
