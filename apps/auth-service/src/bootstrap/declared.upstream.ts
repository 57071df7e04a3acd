/** Turns an upstream as a file writes it into what is declared. */
import { parseScope } from '@keyward/oauth';
import { type DeclaredUpstream } from '../upstream/upstream.registration.js';
import { type DeclaredSecrets } from './declared.secrets.js';
import { type UpstreamDocument } from './upstream.schema.js';

/** Of one that breaks no rule. */
export function declareUpstream(
  upstream: UpstreamDocument,
  secrets: DeclaredSecrets,
): DeclaredUpstream {
  const { id: upstreamId, claims, client_secret, private_key } = upstream;
  return {
    upstreamId,
    name: upstream.name,
    issuer: upstream.issuer,
    clientId: upstream.client_id,
    authenticationMethod: upstream.token_endpoint_auth_method,
    secret:
      private_key === undefined
        ? secrets.ofUpstream(upstreamId, client_secret?.env ?? '')
        : secrets.keyForUpstream(upstreamId, private_key.env),
    scope: parseScope(upstream.scope) ?? [],
    claimNames: {
      username: claims.username,
      name: claims.name,
      givenName: claims.given_name,
      familyName: claims.family_name,
      locale: claims.locale,
      email: claims.email,
      emailVerified: claims.email_verified,
    },
    createAccounts: upstream.create_accounts,
    trustEmail: upstream.trust_email,
    mfaAcrs: upstream.trusted_mfa.acr,
    mfaAmrs: upstream.trusted_mfa.amr,
    disabled: upstream.disabled,
  };
}
