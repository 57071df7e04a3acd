/** Ready only with a key that may sign now. */
import { Injectable } from '@nestjs/common';
import { KeyRing } from '../keys/key.ring.js';
import { ReadinessCheck } from './readiness.check.js';

@Injectable()
export class SigningKeyCheck extends ReadinessCheck {
  readonly name = 'signing_key';

  constructor(private readonly keys: KeyRing) {
    super();
  }

  async check(): Promise<void> {
    await this.keys.signingKey();
  }
}
