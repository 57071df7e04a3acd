/** What the members of a declared upstream mean for each other, and clients for their upstreams. */
import { DEVICE_CODE_GRANT } from '@keyward/oauth';
import { findServerUriProblem } from '../client/client-uri.rules.js';
import { type ClientDocument } from './client.schema.js';
import { type UpstreamDocument } from './upstream.schema.js';

/** Every rule that an upstream breaks, a sentence each that begins with the member. */
export function findUpstreamProblems(upstream: UpstreamDocument, production: boolean): string[] {
  const { issuer, token_endpoint_auth_method: method, client_secret, private_key } = upstream;
  const problems: string[] = [];
  const uri = findServerUriProblem(issuer, production);
  if (uri !== null) problems.push(`issuer ${uri}`);
  // OpenID Connect Discovery 1.0 section 3: an issuer has neither query nor fragment.
  else if (issuer.includes('?')) problems.push('issuer must not have a query');
  const signs = method === 'private_key_jwt';
  if (signs !== (private_key !== undefined)) {
    problems.push(`private_key ${signs ? 'is missing' : `is not for ${method}`}`);
  }
  if (signs === (client_secret !== undefined)) {
    problems.push(`client_secret ${signs ? `is not for ${method}` : 'is missing'}`);
  }
  return problems;
}

/**
 * What a client says about upstreams that cannot be.
 * @param upstreams the ids of all that there are
 */
export function findOfferedUpstreamProblems(
  { upstreams: offered, password_sign_in, redirect_uris, grant_types }: ClientDocument,
  upstreams: readonly string[],
): string[] {
  const problems = offered
    .filter((id) => !upstreams.includes(id))
    .map((id) => `upstreams: ${id} is not a declared upstream`);
  if (new Set(offered).size < offered.length) problems.push('upstreams names one twice');
  const isSignedInFor = redirect_uris.length > 0 || grant_types.includes(DEVICE_CODE_GRANT);
  if (offered.length > 0 && !isSignedInFor) {
    problems.push('upstreams: nobody signs in without authorization_code or device_code');
  }
  if (!password_sign_in && offered.length === 0) {
    problems.push('password_sign_in: without it nobody could sign in, as there are no upstreams');
  }
  return problems;
}
