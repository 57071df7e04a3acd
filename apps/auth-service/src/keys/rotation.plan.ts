/** What is to happen to the signing keys now: the whole life cycle, decided from rows and time alone. */
import { type SigningAlgorithm } from '../config/environment.schema.js';
import {
  draftOf,
  type Draft,
  isChanged,
  isOver,
  type PlannedKey,
  timesOf,
  toUpdate,
} from './rotation.draft.js';
import { type SigningKeyUpdate } from './signing-key.store.js';

/** The rules of a life cycle. */
export interface RotationPolicy {
  /** Those that something is signed by, each once. */
  readonly algorithms: readonly SigningAlgorithm[];
  /** How long a key signs. */
  readonly rotationMs: number;
  /** How long a key is published before it signs. */
  readonly leadMs: number;
  /** How long a key is published after it signed. */
  readonly retirementMs: number;
}

/** Changes to make. A key that is to be made has no kid yet. */
export interface RotationPlan {
  readonly updates: readonly SigningKeyUpdate[];
  readonly added: readonly Omit<PlannedKey, 'kid'>[];
}

/** The end of an active key's time, ahead of its plan. */
export interface EarlyEnd {
  readonly algorithm: SigningAlgorithm;
  readonly atMs: number;
}

/**
 * One active key and at least one standby of each of the policy's algorithms, each signing up to where
 * its successor begins. The plan is made ahead: a change-over needs no server to be awake.
 *
 * @param ends ends an active key's time early, though never before the standby may follow
 */
export function planRotation(
  keys: readonly PlannedKey[],
  nowMs: number,
  policy: RotationPolicy,
  ends?: EarlyEnd,
): RotationPlan {
  const drafts = keys.map(draftOf);
  const chains = policy.algorithms.map((algorithm) => {
    const chain = chainOf(drafts, algorithm);
    promote(chain, nowMs);
    complete(chain, algorithm, nowMs);
    link(chain, nowMs, policy, ends?.algorithm === algorithm ? ends.atMs : Infinity);
    return chain;
  });
  const linked = new Set(chains.flat());
  for (const draft of drafts) if (!linked.has(draft)) retire(draft, nowMs, policy);
  const made = [...linked].filter(({ key }) => key === null);
  return {
    updates: drafts.filter(isChanged).map(toUpdate),
    added: made.map((draft) => ({
      algorithm: draft.algorithm,
      status: draft.status === 'active' ? 'active' : 'pending',
      ...timesOf(draft),
      createdAt: new Date(nowMs),
    })),
  };
}

/** The keys of an algorithm in the order in which they sign. */
function chainOf(drafts: readonly Draft[], algorithm: SigningAlgorithm): Draft[] {
  const own = drafts.filter((draft) => draft.algorithm === algorithm);
  return [
    ...own.filter(({ status }) => status === 'active'),
    ...own.filter(({ status }) => status === 'pending').sort((a, b) => a.from - b.from),
  ];
}

/** Adds what has to be made: a key that signs, and a standby. */
function complete(chain: Draft[], algorithm: SigningAlgorithm, nowMs: number): void {
  while (chain.length < 2) {
    const status = chain.length === 0 ? 'active' : 'pending';
    chain.push({ key: null, algorithm, status, from: nowMs, until: null, publishedAt: nowMs });
  }
}

/** Moves the head of the chain on, past keys whose time is over and that have a successor. */
function promote(chain: Draft[], nowMs: number): void {
  while (chain.length > 1 && isOver(chain[0], nowMs)) {
    const ended = chain.shift();
    if (ended !== undefined) ended.status = 'retired';
  }
  const head = chain[0];
  if (head?.status !== 'pending') return;
  head.status = 'active';
  // Earlier than planned only where the key before it was revoked: then it is the best known one.
  head.from = Math.min(head.from, nowMs);
}

/** Lets each key sign until its successor may: after a period, and never before its lead is over. */
function link(chain: readonly Draft[], nowMs: number, policy: RotationPolicy, endsAt: number) {
  chain.forEach((draft, place) => {
    const successor = chain[place + 1];
    const end = draft.from + policy.rotationMs;
    if (successor === undefined) {
      const isMoved = draft.from !== draft.key?.signFrom.getTime();
      draft.until = isMoved || draft.until === null ? end : draft.until;
      return;
    }
    const planned = Math.min(draft.until ?? end, end, place === 0 ? endsAt : Infinity);
    const earliest = Math.max(nowMs, draft.from + 1, successor.publishedAt + policy.leadMs);
    successor.from = draft.until = Math.max(planned, earliest);
  });
}

/** What does not sign any more stays published for as long as its tokens live. */
function retire(draft: Draft, nowMs: number, policy: RotationPolicy): void {
  // Of an algorithm that nothing is signed by any more; another replica may still be using it.
  draft.until ??= nowMs + (draft.status === 'retired' ? 0 : policy.rotationMs);
  draft.until = Math.max(draft.until, draft.from + 1);
  if (isOver(draft, nowMs)) draft.status = 'retired';
  if (draft.status === 'retired' && draft.until + policy.retirementMs <= nowMs) {
    draft.status = 'gone';
  }
}
