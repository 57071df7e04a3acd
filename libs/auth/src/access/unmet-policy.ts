/** Says what of a handler's policy a principal does not meet. */
import { type ExecutionContext } from '@nestjs/common';
import { formatScope } from '@keyward/oauth';
import { type RefusalReason } from '../access-token/refusal.js';
import { type Principal } from '../principal/principal.js';
import { type AccessPolicy } from './access-policy.js';
import { unmetDetails } from './details-requirement.js';
import { unmetStepUp } from './step-up.js';

/** The first requirement that is not met. */
export interface UnmetPolicy {
  readonly reason: Extract<
    RefusalReason,
    | 'insufficient_scope'
    | 'insufficient_role'
    | 'insufficient_authorization_details'
    | 'insufficient_authentication'
  >;
  readonly detail: string;
}

/**
 * Holds a principal against a policy: scope, roles, details, and how the person signed in; in this
 * order, so that nobody is sent to sign in for what they may not do anyway.
 *
 * @param clock milliseconds since the epoch; asked only where a policy depends on it
 */
export function unmetPolicy(
  policy: AccessPolicy,
  principal: Principal,
  context: ExecutionContext,
  clock: () => number,
): UnmetPolicy | undefined {
  if (!hasScopes(principal, policy)) {
    return { reason: 'insufficient_scope', detail: `needs ${wantedScope(policy)}` };
  }
  if (!policy.roles.every((group) => group.some((role) => principal.roles.includes(role)))) {
    const detail = `needs ${policy.roles.map((group) => group.join(' or ')).join(' and ')}`;
    return { reason: 'insufficient_role', detail };
  }
  const details = unmetDetails(policy.authorizationDetails, principal, context);
  if (details !== undefined) {
    return { reason: 'insufficient_authorization_details', detail: `needs ${details.type}` };
  }
  const stepUp = policy.stepUp && unmetStepUp(policy.stepUp, principal, clock());
  return stepUp === undefined
    ? undefined
    : { reason: 'insufficient_authentication', detail: stepUp };
}

/** Every scope that a policy names, as a challenge does. */
export function wantedScope({ scopes, anyScope }: AccessPolicy): string {
  return formatScope([...scopes, ...anyScope.flat()]);
}

function hasScopes({ scopes }: Principal, policy: AccessPolicy): boolean {
  return (
    policy.scopes.every((scope) => scopes.includes(scope)) &&
    policy.anyScope.every((group) => group.some((scope) => scopes.includes(scope)))
  );
}
