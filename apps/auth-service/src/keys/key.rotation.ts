/** Moves the signing keys along their life cycle, as one of any number of replicas. */
import { Inject, Injectable } from '@nestjs/common';
import { signingKeyConfig, type SigningKeyConfig } from '../config/signing-key.config.js';
import { MAX_ACCESS_TOKEN_SECONDS } from '../config/environment.schema.js';
import { tokenConfig, type TokenConfig } from '../config/token.config.js';
import { REVOCATION_MARGIN_SECONDS } from '../revocation/revocation.js';
import { planRotation, type RotationPlan, type RotationPolicy } from './rotation.plan.js';
import { SigningKeyCipher } from './signing-key.cipher.js';
import { SigningKeyStore, type SigningKeyChanges, type StoredKeys } from './signing-key.store.js';

/**
 * How long what a key signed is still shown to somebody, in seconds. ID tokens (10 minutes) and logout
 * tokens (2 minutes, made anew at each attempt) are shorter. What the configuration may allow counts,
 * not what it says today: it may have said more when the token was issued.
 */
const LONGEST_TOKEN_SECONDS = MAX_ACCESS_TOKEN_SECONDS + REVOCATION_MARGIN_SECONDS;

/** Plans by the store's time, so that replicas whose clocks differ agree. */
@Injectable()
export class KeyRotation {
  private readonly policy: RotationPolicy;

  constructor(
    private readonly store: SigningKeyStore,
    private readonly cipher: SigningKeyCipher,
    @Inject(tokenConfig.KEY) { signingAlgorithm }: TokenConfig,
    @Inject(signingKeyConfig.KEY) { rotationSeconds, leadSeconds, pollMs }: SigningKeyConfig,
  ) {
    this.policy = {
      algorithm: signingAlgorithm,
      rotationMs: rotationSeconds * 1000,
      leadMs: leadSeconds * 1000,
      // A replica goes on signing up to two polls after a rotation that was not planned.
      retirementMs: LONGEST_TOKEN_SECONDS * 1000 + 2 * pollMs,
    };
  }

  /**
   * Makes, promotes and retires keys where it is time. Harmless at any time, by any replica.
   *
   * @param contention `wait`: on return there is a key that may sign
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  async advance(contention: 'wait' | 'skip'): Promise<void> {
    // A look first: nearly always there is nothing to do, and nobody needs the lock.
    const keys = await this.store.find();
    if (isEmpty(this.plan(keys)) && !this.hasOutdated(keys)) return;
    await this.store.change((current) => this.carryOut(current, this.plan(current)), contention);
  }

  /**
   * Ends the present key's time: the standby takes over as soon as it was published for the lead, which
   * is at once if the last rotation is longer ago than that.
   *
   * @returns when the standby takes over
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  async rotateNow(): Promise<Date> {
    let takesOverAt = new Date(NaN);
    await this.advance('wait');
    await this.store.change(async (keys) => {
      const plan = this.plan(keys, keys.now.getTime());
      const active = [...plan.updates, ...keys.published].find(
        ({ kid, status }) => status === 'active' && this.isOurs(keys, kid),
      );
      takesOverAt = active?.signUntil ?? takesOverAt;
      return this.carryOut(keys, plan);
    }, 'wait');
    await this.advance('wait');
    return takesOverAt;
  }

  private isOurs({ published }: StoredKeys, kid: string): boolean {
    return published.some((k) => k.kid === kid && k.algorithm === this.policy.algorithm);
  }

  private plan({ published, now }: StoredKeys, endsAt?: number): RotationPlan {
    return planRotation(published, now.getTime(), this.policy, endsAt);
  }

  private hasOutdated({ published }: StoredKeys): boolean {
    return published.some((key) => this.cipher.isOutdated(key));
  }

  private async carryOut(
    { published }: StoredKeys,
    { updates, added }: RotationPlan,
  ): Promise<SigningKeyChanges> {
    const made = added.map(({ algorithm, ...times }) => this.cipher.generate(algorithm, times));
    const outdated = published.filter((key) => this.cipher.isOutdated(key));
    return {
      updates,
      added: await Promise.all(made),
      encrypted: await Promise.all(outdated.map((key) => this.cipher.reencrypt(key))),
    };
  }
}

function isEmpty({ updates, added }: RotationPlan): boolean {
  return updates.length === 0 && added.length === 0;
}
