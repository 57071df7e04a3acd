/** Holds what the shadow rules say of a request against what was enforced. */
import { type Refusal, type RefusalReason, type RefusalStage } from '../access-token/refusal.js';
import { type Principal } from '../principal/principal.js';

/** What one set of rules says of a request. It holds no claim and nothing of the token. */
export interface ShadowAnswer {
  /** `undecided`: neither, because something could not be reached in time. */
  readonly verdict: 'accepted' | 'refused' | 'undecided';
  readonly stage?: RefusalStage;
  readonly reason?: RefusalReason | 'timed_out' | 'failed';
  readonly issuer?: string;
}

/** A member of the principal that both make of a token. */
export type ComparedMember = 'issuer' | 'subject' | 'clientId' | 'scopes' | 'roles';

/** A request that both sets of rules were asked about. */
export interface ShadowComparison {
  /** `disagree`: one would let in what the other does not, or somebody else. */
  readonly outcome: 'agree' | 'disagree' | 'undecided';
  /** `Controller.handler`. */
  readonly handler: string;
  readonly enforced: ShadowAnswer;
  readonly shadow: ShadowAnswer;
  /** Where both let the request in: what of the principal is different, by name alone. */
  readonly differences: readonly ComparedMember[];
}

/** What one set of rules came to. */
export interface Decision {
  readonly answer: ShadowAnswer;
  /** Whom the token speaks for, once it was accepted as a token. */
  readonly principal?: Principal;
}

const UNDECIDED = new Set<RefusalReason>([
  'keys_unavailable',
  'revocations_unavailable',
  'introspection_unavailable',
  'replays_unavailable',
]);

/** The decision that a refusal is. */
export function refusedBy({ stage, reason, issuer }: Refusal, principal?: Principal): Decision {
  const verdict = UNDECIDED.has(reason) ? 'undecided' : 'refused';
  return { answer: { verdict, stage, reason, issuer }, principal };
}

/** The decision that lets a principal in. */
export function acceptedAs(principal: Principal): Decision {
  return { answer: { verdict: 'accepted', issuer: principal.issuer }, principal };
}

/** Compares two decisions about one request. */
export function compareDecisions(
  handler: string,
  enforced: Decision,
  shadow: Decision,
): ShadowComparison {
  const verdicts = [enforced.answer.verdict, shadow.answer.verdict];
  const differences = verdicts.every((verdict) => verdict === 'accepted')
    ? differencesOf(enforced.principal, shadow.principal)
    : [];
  const agrees = verdicts[0] === verdicts[1] && differences.length === 0;
  const outcome = verdicts.includes('undecided') ? 'undecided' : agrees ? 'agree' : 'disagree';
  return { outcome, handler, enforced: enforced.answer, shadow: shadow.answer, differences };
}

function differencesOf(one?: Principal, other?: Principal): readonly ComparedMember[] {
  if (one === undefined || other === undefined) return [];
  const same: Readonly<Record<ComparedMember, boolean>> = {
    issuer: one.issuer === other.issuer,
    subject: one.subject === other.subject,
    clientId: one.clientId === other.clientId,
    scopes: isSameSet(one.scopes, other.scopes),
    roles: isSameSet(one.roles, other.roles),
  };
  return (Object.keys(same) as ComparedMember[]).filter((member) => !same[member]);
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  const known = new Set(one);
  return known.size === new Set(other).size && other.every((value) => known.has(value));
}
