/** Makes a principal of what an issuer says of a token, by the rules that its JWTs are held to. */
import { isDeepStrictEqual } from 'node:util';
import { createPrincipal } from '../access-token/create-principal.js';
import { RefusedTokenError, shown, type RefusalReason } from '../access-token/refusal.js';
import {
  checkClaims,
  checkTimes,
  type RegisteredClaims,
} from '../access-token/registered-claims.js';
import { type Principal } from '../principal/principal.js';
import { rolesOf, scopesOf } from '../trust/claim-mapping.js';
import { type Trust } from '../trust/trust.js';
import { type IntrospectionAnswer } from './introspection-answer.js';

/** An answer and what became of it; answers are kept, so that this is worked out once for each. */
interface Accepted {
  readonly principal: Principal;
  readonly times: RegisteredClaims;
}

/** An answer belongs to one trust, and so does what is made of it. */
const accepted = new WeakMap<IntrospectionAnswer, Accepted>();

/** What RFC 7662 calls the type of an access token, in lower case; a refresh token has none of them. */
const ACCESS_TOKEN_TYPES = ['bearer', 'dpop'];

/**
 * The principal of an opaque token.
 *
 * @returns a promise only where the revocation feed is stale and the issuer has to be asked
 * @throws RefusedTokenError where it is inactive, or not for this resource server
 */
export function admitOpaqueToken(
  token: string,
  answer: IntrospectionAnswer,
  trust: Trust,
  nowMs: number,
): Principal | Promise<Principal> {
  const { principal, times } = accepted.get(answer) ?? accept(answer, trust);
  checkTimes(times, trust, nowMs);
  const asking = trust.revocation?.check(token, principal, undefined, nowMs);
  return asking === undefined ? principal : asking.then(() => principal);
}

function accept(answer: IntrospectionAnswer, trust: Trust): Accepted {
  const { claims } = answer;
  checkAnswer(answer, trust);
  const rules = { ...rulesOf(trust), requiredClaims: trust.requiredAnswerClaims };
  const times = checkClaims(claims, rules);
  const principal = createPrincipal(claims, trust, times);
  accepted.set(answer, { principal, times });
  return { principal, times };
}

/**
 * The principal of a JWT that was found good here, as far as its issuer still vouches for it: what
 * the issuer says now is held to the same rules, and takes scope and roles away, but adds none.
 *
 * @throws RefusedTokenError where the issuer calls it inactive, or speaks of another token
 */
export function confirmPrincipal(
  principal: Principal,
  answer: IntrospectionAnswer,
  trust: Trust,
  nowMs: number,
): Principal {
  checkAnswer(answer, trust);
  for (const name of ['sub', 'client_id', 'jti']) {
    const [said, known] = [answer.claims[name], principal.claims[name]];
    if (said !== undefined && known !== undefined && said !== known) {
      throw refuse('introspection_mismatch', `${name}: ${shown(said)}`, trust);
    }
  }
  // A binding that only the issuer knows of would go unchecked.
  const { cnf = principal.claims['cnf'] } = answer.claims;
  if (!isDeepStrictEqual(cnf, principal.claims['cnf'])) {
    throw refuse('introspection_mismatch', 'cnf', trust);
  }
  const claims = { ...principal.claims, ...answer.claims };
  checkTimes(checkClaims(claims, { ...rulesOf(trust), requiredClaims: [] }), trust, nowMs);
  const scopes = scopesOf(claims, trust.scopePaths);
  const roles = rolesOf(claims, trust.rolePaths);
  return {
    ...principal,
    scopes: Object.freeze(principal.scopes.filter((scope) => scopes.includes(scope))),
    roles: Object.freeze(principal.roles.filter((role) => roles.includes(role))),
    authorizationDetails: confirmedDetails(principal, answer),
  };
}

/** Of what the token says that which the issuer says, too; an issuer that says nothing takes nothing away. */
function confirmedDetails({ authorizationDetails }: Principal, { claims }: IntrospectionAnswer) {
  const said = claims['authorization_details'];
  if (!Array.isArray(said)) return authorizationDetails;
  const confirmed = new Set(said.map((detail) => JSON.stringify(detail)));
  return Object.freeze(
    authorizationDetails.filter((detail) => confirmed.has(JSON.stringify(detail))),
  );
}

/** @see RFC 7662 section 2.2 */
function checkAnswer({ active, claims }: IntrospectionAnswer, trust: Trust): void {
  if (!active) throw refuse('inactive', undefined, trust);
  const { iss, token_type: type, cnf } = claims;
  if (iss !== undefined && iss !== trust.issuer) {
    throw refuse('introspection_mismatch', `iss: ${shown(iss)}`, trust);
  }
  if (type === undefined) return;
  const name = typeof type === 'string' ? type.toLowerCase() : '';
  // A DPoP token is bound to a key; without the key's thumbprint nobody could hold it to that.
  const isBound = typeof cnf === 'object' && cnf !== null && 'jkt' in cnf;
  if (!ACCESS_TOKEN_TYPES.includes(name) || (name === 'dpop' && !isBound)) {
    throw refuse('token_type', shown(type), trust);
  }
}

function rulesOf({ issuer, audiences, audienceClaim, maxLifetimeSeconds }: Trust) {
  return { issuer, audiences, audienceClaim, maxLifetimeSeconds };
}

function refuse(reason: RefusalReason, detail: string | undefined, trust: Trust) {
  return new RefusedTokenError('introspection', reason, detail, trust.issuer);
}
