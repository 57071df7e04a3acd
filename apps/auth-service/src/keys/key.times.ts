/** How long keys are published, sign and are kept, from the configuration. */
import { Inject, Injectable } from '@nestjs/common';
import { MAX_ACCESS_TOKEN_SECONDS } from '../config/environment.schema.js';
import { signingKeyConfig, type SigningKeyConfig } from '../config/signing-key.config.js';
import { REVOCATION_MARGIN_SECONDS } from '../revocation/revocation.js';
import { type RotationPolicy } from './rotation.plan.js';

/**
 * How long what a key signed is still shown to somebody, in seconds. ID tokens (10 minutes) and logout
 * tokens (2 minutes, made anew at each attempt) are shorter. What the configuration may allow counts,
 * not what it says today: it may have said more when the token was issued.
 */
const LONGEST_TOKEN_SECONDS = MAX_ACCESS_TOKEN_SECONDS + REVOCATION_MARGIN_SECONDS;

@Injectable()
export class KeyTimes {
  readonly policy: Omit<RotationPolicy, 'algorithms'>;

  constructor(
    @Inject(signingKeyConfig.KEY)
    {
      rotationSeconds,
      leadSeconds,
      pollMs,
    }: Pick<SigningKeyConfig, 'rotationSeconds' | 'leadSeconds' | 'pollMs'>,
  ) {
    this.policy = {
      rotationMs: rotationSeconds * 1000,
      leadMs: leadSeconds * 1000,
      // A replica goes on signing up to two polls after a rotation that was not planned.
      retirementMs: LONGEST_TOKEN_SECONDS * 1000 + 2 * pollMs,
    };
  }
}
