/** What goes on behind the requests for every trust: its keys are fetched, its revocations followed. */
import { type RevocationEvent } from '@keyward/oauth';
import { type KeySourceState } from '../jwks/key-source.js';
import { type TrustRevocationState } from '../revocation/trust-revocation.js';
import { type Trusts } from './trusts.js';

/** Each verifier has its own, which its methods of the same names speak for. */
export class TrustUpkeep {
  constructor(
    private readonly trusts: Trusts,
    private readonly clock: () => number,
  ) {}

  async warmUp(): Promise<void> {
    await Promise.all([...this.trusts.values()].map(({ keys }) => keys.warmUp()));
  }

  keyStates(): ReadonlyMap<string, KeySourceState> {
    const nowMs = this.clock();
    return new Map([...this.trusts].map(([issuer, { keys }]) => [issuer, keys.state(nowMs)]));
  }

  followRevocations(): void {
    for (const { revocation } of this.trusts.values()) revocation?.start();
  }

  async unfollowRevocations(): Promise<void> {
    await Promise.all([...this.trusts.values()].map(async ({ revocation }) => revocation?.stop()));
  }

  revocationStates(): ReadonlyMap<string, TrustRevocationState> {
    const nowMs = this.clock();
    const states = new Map<string, TrustRevocationState>();
    for (const [issuer, { revocation }] of this.trusts) {
      if (revocation !== undefined) states.set(issuer, revocation.state(nowMs));
    }
    return states;
  }

  onRevoked(listener: (issuer: string, event: RevocationEvent) => void): () => void {
    const ends = [...this.trusts].map(([issuer, { revocation }]) =>
      revocation?.onRevoked((event) => listener(issuer, event)),
    );
    return () => ends.forEach((end) => end?.());
  }
}
