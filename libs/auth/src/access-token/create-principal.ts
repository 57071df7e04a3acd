/** Makes the principal of a token that passed every check but its trust's own rule. */
import { type AuthorizationDetail } from '@keyward/oauth';
import { type JsonObject } from '../jws/strict-json.js';
import { VERIFIED, type Principal } from '../principal/principal.js';
import { clientIdOf, rolesOf, scopesOf } from '../trust/claim-mapping.js';
import { type Trust } from '../trust/trust.js';
import { RefusedTokenError } from './refusal.js';
import { type RegisteredClaims } from './registered-claims.js';

const NO_DETAILS: readonly AuthorizationDetail[] = Object.freeze([]);

/**
 * Reads scope, roles and client by the trust's mapping, asks its custom rule, and freezes the
 * result at every depth: one principal is shared by all requests that bring the same token.
 *
 * @throws RefusedTokenError for a mapped claim of the wrong type, or by the custom rule
 */
export function createPrincipal(
  claims: JsonObject,
  trust: Trust,
  { audience, exp, iat }: RegisteredClaims,
): Principal {
  freeze(claims);
  const objection = objectionTo(claims, trust);
  if (objection !== undefined) {
    throw new RefusedTokenError('claims', 'custom_rule', objection, trust.issuer);
  }
  return Object.freeze({
    [VERIFIED]: true,
    issuer: trust.issuer,
    subject: (claims['sub'] as string | undefined) ?? '',
    clientId: clientIdOf(claims, trust.clientIdPaths),
    audience: Object.freeze(audience),
    scopes: scopesOf(claims, trust.scopePaths),
    roles: rolesOf(claims, trust.rolePaths),
    tokenId: claims['jti'] as string | undefined,
    grantId: claims['grant_id'] as string | undefined,
    authorizationDetails: (claims['authorization_details'] ??
      NO_DETAILS) as readonly AuthorizationDetail[],
    expiresAt: exp,
    issuedAt: iat,
    claims,
  });
}

/** A rule that throws has not agreed: the token is refused, and the request is no server error. */
function objectionTo(claims: JsonObject, trust: Trust): string | undefined {
  try {
    return trust.validate?.(claims);
  } catch (error) {
    return `the rule threw ${error instanceof Error ? error.name : typeof error}`;
  }
}

/** Without recursion: how deep a payload may be is up to `maxTokenBytes`, not to the call stack. */
function freeze(root: object): void {
  const pending = [root];
  for (const value of pending) {
    Object.freeze(value);
    for (const member of Object.values(value) as unknown[]) {
      if (typeof member === 'object' && member !== null) pending.push(member);
    }
  }
}
