/** Refresh rotation in this process: the default of a single process without Redis. */
import { type HotLineage, isLater, type Lineage } from '../../refresh-token/lineage.js';
import {
  decideRotation,
  type Presentation,
  type RotationDecision,
} from '../../refresh-token/rotation.decision.js';
import { RotationStore } from '../../refresh-token/rotation.store.js';

/** Records at which expired ones are looked for; doubled when most of them are live. */
const FIRST_SWEEP_SIZE = 1000;

/** What is known of a revoked lineage that was never restored here. */
interface Tombstone {
  readonly standing: 'revoked';
  readonly absoluteExpiresMs: number;
}

/** A new process has no record of anything: each lineage is restored when it is first presented. */
export class MemoryRotationStore extends RotationStore {
  private readonly lineages = new Map<string, HotLineage>();
  private readonly tombstones = new Map<string, Tombstone>();
  private sweepSize = FIRST_SWEEP_SIZE;

  constructor(private readonly now: () => number = Date.now) {
    super();
  }

  async present(handle: Buffer, presented: Presentation): Promise<RotationDecision | null> {
    const lineage = this.lineages.get(keyOf(handle));
    return lineage === undefined ? null : this.decide(handle, lineage, presented);
  }

  async restore(
    handle: Buffer,
    recorded: Lineage,
    presented: Presentation,
  ): Promise<RotationDecision> {
    const known = this.lineages.get(keyOf(handle)) ?? this.merged(handle, recorded);
    return this.decide(handle, known, presented);
  }

  async put(handle: Buffer, recorded: Lineage): Promise<void> {
    this.write(handle, this.merged(handle, recorded));
  }

  async find(handle: Buffer): Promise<Lineage | null> {
    return this.lineages.get(keyOf(handle)) ?? null;
  }

  async revoke(handle: Buffer, absoluteExpiresMs: number): Promise<void> {
    const lineage = this.lineages.get(keyOf(handle));
    if (lineage !== undefined) this.write(handle, { ...lineage, standing: 'revoked' });
    else this.tombstones.set(keyOf(handle), { standing: 'revoked', absoluteExpiresMs });
    this.sweep();
  }

  private decide(handle: Buffer, lineage: HotLineage, presented: Presentation): RotationDecision {
    const decision = decideRotation(lineage, presented, this.now());
    if (!UNTOUCHED.has(decision.outcome)) this.write(handle, decision.lineage);
    return decision;
  }

  private merged(handle: Buffer, recorded: Lineage): HotLineage {
    const hot = this.lineages.get(keyOf(handle));
    const standing = (hot ?? this.tombstones.get(keyOf(handle)))?.standing ?? 'live';
    return { ...(hot !== undefined && !isLater(recorded, hot) ? hot : recorded), standing };
  }

  private write(handle: Buffer, lineage: HotLineage): void {
    this.lineages.set(keyOf(handle), lineage);
    this.tombstones.delete(keyOf(handle));
    this.sweep();
  }

  private sweep(): void {
    const { lineages, tombstones } = this;
    if (lineages.size + tombstones.size < this.sweepSize) return;
    const now = this.now();
    for (const [key, { idleExpiresMs, absoluteExpiresMs }] of lineages) {
      if (Math.min(idleExpiresMs, absoluteExpiresMs) <= now) lineages.delete(key);
    }
    for (const [key, { absoluteExpiresMs }] of tombstones) {
      if (absoluteExpiresMs <= now) tombstones.delete(key);
    }
    this.sweepSize = Math.max(FIRST_SWEEP_SIZE, (lineages.size + tombstones.size) * 2);
  }
}

/** Outcomes after which the store is as it was before, whoever asked. */
const UNTOUCHED: ReadonlySet<string> = new Set([
  'wrong_client',
  'wrong_key',
  'expired',
  'idle_expired',
]);

function keyOf(handle: Buffer): string {
  return handle.toString('base64url');
}
