/** Where an imported key has its place among those that are there. */
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { KeyImportError } from './key.file.js';
import { type PlannedKey } from './rotation.draft.js';
import { planRotation, type RotationPolicy } from './rotation.plan.js';
import { type SigningKeyUpdate, type StoredKeys } from './signing-key.store.js';

/** What is asked for. */
export interface ImportRequest {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly verifyOnlyUntil?: Date;
}

/** The key's own times, and what becomes of the others'. */
export interface ImportPlan {
  readonly own: Pick<PlannedKey, 'status' | 'signFrom' | 'signUntil' | 'createdAt'>;
  readonly updates: readonly SigningKeyUpdate[];
}

/**
 * A key that signs is the next of its algorithm, before the standby: somebody imports it to have it
 * sign. One that only verifies is as if it had signed up to where its tokens end at the time given.
 *
 * @throws KeyImportError for a time that has passed, and an algorithm that nothing is signed by
 */
export function planImport(
  { published, now }: StoredKeys,
  { kid, algorithm, verifyOnlyUntil }: ImportRequest,
  policy: RotationPolicy,
): ImportPlan {
  if (verifyOnlyUntil !== undefined) {
    if (!(verifyOnlyUntil > now)) throw new KeyImportError('the time to verify until has passed');
    const until = verifyOnlyUntil.getTime() - policy.retirementMs;
    const times = { signFrom: new Date(until - 1), signUntil: new Date(until) };
    return { own: { status: 'retired', ...times, createdAt: now }, updates: [] };
  }
  if (!policy.algorithms.includes(algorithm)) {
    throw new KeyImportError(
      `nothing is signed by ${algorithm} here, so the key would never sign: set ` +
        'AUTH_SIGNING_ALGORITHM or the algorithm of a resource or client first, or import it to verify only',
    );
  }
  const standby = published.filter(
    (key) => key.algorithm === algorithm && key.status === 'pending',
  );
  const begins = Math.min(...standby.map(({ signFrom }) => signFrom.getTime() - 1), Infinity);
  const signFrom = new Date(Number.isFinite(begins) ? begins : now.getTime());
  const draft = { status: 'pending' as const, signFrom, signUntil: null, createdAt: now };
  const { updates } = planRotation(
    [...published, { kid, algorithm, ...draft }],
    now.getTime(),
    policy,
  );
  const update = updates.find((one) => one.kid === kid);
  const { signFrom: from, signUntil } = update ?? draft;
  return {
    own: { ...draft, signFrom: from, signUntil },
    updates: updates.filter((one) => one.kid !== kid),
  };
}
