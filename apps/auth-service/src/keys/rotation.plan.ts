/** What is to happen to the signing keys now: the whole life cycle, decided from rows and time alone. */
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { type StoredSigningKey } from './signing-key.js';
import { type SigningKeyUpdate } from './signing-key.store.js';

/** The rules of a life cycle. */
export interface RotationPolicy {
  readonly algorithm: SigningAlgorithm;
  /** How long a key signs. */
  readonly rotationMs: number;
  /** How long a key is published before it signs. */
  readonly leadMs: number;
  /** How long a key is published after it signed. */
  readonly retirementMs: number;
}

/** A key as far as planning looks at it. */
export type PlannedKey = Pick<
  StoredSigningKey,
  'kid' | 'algorithm' | 'status' | 'signFrom' | 'signUntil' | 'createdAt'
>;

/** Changes to make. A key that is to be made has no kid yet. */
export interface RotationPlan {
  readonly updates: readonly SigningKeyUpdate[];
  readonly added: readonly Omit<PlannedKey, 'kid'>[];
}

/** A key while the plan is made: times in milliseconds since the epoch, null for a key to be made. */
interface Draft {
  readonly key: PlannedKey | null;
  status: SigningKeyUpdate['status'];
  from: number;
  until: number | null;
  readonly publishedAt: number;
}

/**
 * One active key and at least one standby of the policy's algorithm, each signing up to where its
 * successor begins. The plan is made ahead: a change-over needs no server to be awake.
 *
 * @param endsAt ends the active key's time early, though never before the standby may follow
 */
export function planRotation(
  keys: readonly PlannedKey[],
  nowMs: number,
  policy: RotationPolicy,
  endsAt = Infinity,
): RotationPlan {
  const drafts = keys.map(draftOf);
  const own = drafts.filter(({ key }) => key?.algorithm === policy.algorithm);
  const chain = [
    ...own.filter(({ status }) => status === 'active'),
    ...own.filter(({ status }) => status === 'pending').sort((a, b) => a.from - b.from),
  ];
  promote(chain, nowMs);
  const made: Draft[] = [];
  while (chain.length < 2) {
    const status = chain.length === 0 ? 'active' : 'pending';
    const draft: Draft = { key: null, status, from: nowMs, until: null, publishedAt: nowMs };
    chain.push(draft);
    made.push(draft);
  }
  link(chain, nowMs, policy, endsAt);
  for (const draft of drafts) if (!chain.includes(draft)) retire(draft, nowMs, policy);
  return {
    updates: drafts.filter(isChanged).map(toUpdate),
    added: made.map((draft) => ({
      algorithm: policy.algorithm,
      status: draft.status === 'active' ? 'active' : 'pending',
      ...timesOf(draft),
      createdAt: new Date(nowMs),
    })),
  };
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
  // Of an algorithm that is no longer the server's; another replica may still be using it.
  draft.until ??= nowMs + (draft.status === 'retired' ? 0 : policy.rotationMs);
  draft.until = Math.max(draft.until, draft.from + 1);
  if (isOver(draft, nowMs)) draft.status = 'retired';
  if (draft.status === 'retired' && draft.until + policy.retirementMs <= nowMs) {
    draft.status = 'gone';
  }
}

function isOver(draft: Draft | undefined, nowMs: number): boolean {
  return draft !== undefined && draft.until !== null && draft.until <= nowMs;
}

function draftOf(key: PlannedKey): Draft {
  return {
    key,
    status: key.status,
    from: key.signFrom.getTime(),
    until: key.signUntil?.getTime() ?? null,
    publishedAt: key.createdAt.getTime(),
  };
}

function isChanged({ key, status, from, until }: Draft): boolean {
  if (key === null) return false;
  const isMoved = key.signFrom.getTime() !== from || key.signUntil?.getTime() !== until;
  return key.status !== status || isMoved;
}

function toUpdate(draft: Draft): SigningKeyUpdate {
  return { kid: draft.key?.kid ?? '', status: draft.status, ...timesOf(draft) };
}

function timesOf({ from, until }: Draft): { signFrom: Date; signUntil: Date | null } {
  return { signFrom: new Date(from), signUntil: until === null ? null : new Date(until) };
}
