/** The outcome table of refresh rotation, as one function; the script in Redis says the same in Lua. */
import { type HotLineage } from './lineage.js';

/** Generations before the presented one that stay answerable where rotations follow each other closely. */
export const CHAIN_LENGTH = 4;

/** The client's profile, in milliseconds. */
export interface RotationRules {
  readonly retryWindowMs: number;
  readonly lostResponseMs: number;
  readonly idleMs: number;
}

/** A refresh token whose tag was checked, and who presents it. */
export interface Presentation {
  readonly generation: number;
  readonly clientDigest: Buffer;
  /** The key that the request proves; null where it proves none. */
  readonly keyBinding: Buffer | null;
  readonly rules: RotationRules;
}

/** Outcomes by which the client gets a token. */
export type GoodOutcome = 'rotated' | 'replayed' | 'resumed' | 'recovered' | 'kept';

/** Outcomes by which it gets none. */
export type BadOutcome =
  'reused' | 'revoked' | 'expired' | 'idle_expired' | 'wrong_client' | 'wrong_key';

export type RotationOutcome = GoodOutcome | BadOutcome;

const GOOD: ReadonlySet<RotationOutcome> = new Set<GoodOutcome>([
  'rotated',
  'replayed',
  'resumed',
  'recovered',
  'kept',
]);

/** Whether the client gets a token. */
export function isGood(outcome: RotationOutcome): outcome is GoodOutcome {
  return GOOD.has(outcome);
}

/** What was decided. */
export interface RotationDecision {
  readonly outcome: RotationOutcome;
  /** The lineage afterwards; the very same object where nothing is to be written. */
  readonly lineage: HotLineage;
  /** How long before this the lineage last moved on; never negative, whatever the clock does. */
  readonly ageMs: number;
}

/** What happens to a presented token; nothing is read or written. */
export function decideRotation(
  lineage: HotLineage,
  presented: Presentation,
  nowMs: number,
): RotationDecision {
  const { generation, clientDigest, keyBinding, rules } = presented;
  const ageMs = Math.max(0, nowMs - lineage.lastMs);
  const refused = (outcome: RotationOutcome) => ({ outcome, lineage, ageMs });

  if (!clientDigest.equals(lineage.clientDigest)) return refused('wrong_client');
  if (lineage.keyBinding !== null && keyBinding?.equals(lineage.keyBinding) !== true) {
    return refused('wrong_key');
  }
  if (lineage.standing !== 'live') return refused(lineage.standing);
  if (nowMs >= lineage.absoluteExpiresMs) return refused('expired');
  if (nowMs >= lineage.idleExpiresMs) return refused('idle_expired');

  const inWindow = ageMs < rules.retryWindowMs;
  const idleExpiresMs = Math.min(nowMs + rules.idleMs, lineage.absoluteExpiresMs);
  const moved = (outcome: GoodOutcome, change: Partial<HotLineage>) => ({
    outcome,
    lineage: { ...lineage, lastMs: nowMs, idleExpiresMs, ...change },
    ageMs,
  });
  const reused = (): RotationDecision => ({
    outcome: 'reused',
    lineage: { ...lineage, standing: 'reused' },
    ageMs,
  });
  const { current, parent, floor } = lineage;

  if (lineage.keyBinding !== null) {
    return generation === current ? moved('kept', { lastMs: lineage.lastMs }) : reused();
  }
  if (generation === current) {
    return moved('rotated', {
      floor: inWindow ? Math.max(floor, generation - CHAIN_LENGTH) : generation,
      parent: generation,
      current: generation + 1,
    });
  }
  if (inWindow && floor <= generation && generation <= parent) return refused('replayed');
  if (generation === parent && !inWindow && ageMs < rules.lostResponseMs) {
    return moved('resumed', { floor: generation, current: current + 1 });
  }
  if (generation > current) {
    return moved('recovered', {
      floor: inWindow ? floor : current,
      parent: generation,
      current: generation + 1,
    });
  }
  return reused();
}
