/** This server's signing keys, as its own resource takes them. */
import { KeySource, type KeySourceState, type VerificationKey } from '@keyward/auth';
import { type KeyRing } from '../keys/key.ring.js';

/** The ring decides: what it no longer publishes verifies nothing, from that moment on. */
export class OwnKeys extends KeySource {
  constructor(private readonly ring: KeyRing) {
    super();
  }

  current(kid: string | undefined): VerificationKey | undefined {
    if (kid === undefined) return undefined;
    return this.ring.verificationKey(kid)?.verificationKey ?? undefined;
  }

  resolve(kid: string | undefined): Promise<VerificationKey | undefined> {
    return Promise.resolve(this.current(kid));
  }

  revoke(): void {
    // The ring is told of it by the record.
  }

  state(): KeySourceState {
    const { keys } = JSON.parse(this.ring.published().body) as { keys: unknown[] };
    return { status: keys.length > 0 ? 'fresh' : 'unavailable', keys: keys.length };
  }
}
