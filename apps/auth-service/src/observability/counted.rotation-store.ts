/** Counts what the rotation of refresh tokens decides. */
import { type Lineage } from '../refresh-token/lineage.js';
import { type Presentation, type RotationDecision } from '../refresh-token/rotation.decision.js';
import { RotationStore } from '../refresh-token/rotation.store.js';
import { type ServerCounts } from './server.counts.js';

/** Changes nothing about the store that it stands before. */
export class CountedRotationStore extends RotationStore {
  constructor(
    private readonly store: RotationStore,
    private readonly counts: ServerCounts,
  ) {
    super();
  }

  async present(handle: Buffer, presented: Presentation): Promise<RotationDecision | null> {
    const decision = await this.store.present(handle, presented);
    this.counts.rotations.add(decision?.outcome ?? 'miss');
    return decision;
  }

  async restore(
    handle: Buffer,
    recorded: Lineage,
    presented: Presentation,
  ): Promise<RotationDecision> {
    const decision = await this.store.restore(handle, recorded, presented);
    this.counts.rotations.add(decision.outcome);
    return decision;
  }

  put(handle: Buffer, recorded: Lineage): Promise<void> {
    return this.store.put(handle, recorded);
  }

  find(handle: Buffer): Promise<Lineage | null> {
    return this.store.find(handle);
  }

  revoke(handle: Buffer, absoluteExpiresMs: number): Promise<void> {
    return this.store.revoke(handle, absoluteExpiresMs);
  }
}
