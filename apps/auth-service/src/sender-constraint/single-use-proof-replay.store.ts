/** The DPoP proofs that came before, among whatever else may be used once: shared by every replica. */
import { ProofReplayStore } from '@keyward/auth';
import { type SingleUseStore } from '../single-use/single-use.store.js';

const NOTHING = { value: '', binding: '' };

export class SingleUseProofReplayStore extends ProofReplayStore {
  constructor(private readonly used: SingleUseStore) {
    super();
  }

  /** @throws TemporarilyUnavailableError where the store cannot be reached */
  claim(key: string, lifetimeSeconds: number): Promise<boolean> {
    return this.used.put(`dpop:${key}`, NOTHING, lifetimeSeconds);
  }
}
