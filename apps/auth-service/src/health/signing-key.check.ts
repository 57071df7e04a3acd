/** Ready only with a key that may sign now, and does. */
import { Injectable } from '@nestjs/common';
import { KeyRing } from '../keys/key.ring.js';
import { ReadinessCheck } from './readiness.check.js';

/** Can be no part of any token. */
const PROBE = Buffer.from('keyward/readiness');

@Injectable()
export class SigningKeyCheck extends ReadinessCheck {
  readonly name = 'signing_key';

  constructor(private readonly keys: KeyRing) {
    super();
  }

  async check(): Promise<void> {
    const key = await this.keys.signingKey();
    // It may be held by a signer of its own, which may be down.
    await key.sign(PROBE);
  }
}
