/** Decides whether a typed code is one of a person's: of an application, or a recovery code. */
import { Injectable, Logger } from '@nestjs/common';
import { AuditTrail } from '../audit/audit.trail.js';
import { canonicalAddress } from '../http/client.address.js';
import { type RequestOrigin } from '../http/request.origin.js';
import { KeyEncryption } from '../keys/key-encryption.js';
import { SignInBrake, type SignInSource } from '../limits/sign-in.brake.js';
import { FactorStore } from './factor.store.js';
import { RecoveryCodes } from './recovery.codes.js';
import { findStep } from './totp.js';
import { totpContext } from './totp.enrolment.js';

/** A code that was typed. */
export interface CodeAttempt extends RequestOrigin {
  readonly kind: 'totp' | 'recovery';
  /** Who proved already, by something else, to be this person. */
  readonly accountId: string;
  readonly code: string;
  readonly clientId: string | null;
}

/** The outcome of one attempt. */
export type CodeOutcome =
  | {
      readonly outcome: 'accepted';
      /** How many are left after a recovery code; null after any other. */
      readonly recoveryCodesLeft: number | null;
    }
  /** Wrong, or used before. */
  | { readonly outcome: 'refused' }
  /** Too many attempts; not looked at. */
  | { readonly outcome: 'braked'; readonly retryAfterSeconds: number };

// No username holds a NUL: guesses at codes have a count of their own, so that they cannot keep the
// owner from typing the password, nor a right password make more guesses free.
const BRAKE_PREFIX = '\0factor\0';

@Injectable()
export class CodeAuthenticator {
  private readonly logger = new Logger(CodeAuthenticator.name);

  constructor(
    private readonly factors: FactorStore,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly encryption: KeyEncryption,
    private readonly brake: SignInBrake,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws TemporarilyUnavailableError where it cannot be decided; the attempt is not counted then */
  async authenticate(attempt: CodeAttempt): Promise<CodeOutcome> {
    const source: SignInSource = {
      username: `${BRAKE_PREFIX}${attempt.accountId}`,
      address: canonicalAddress(attempt.address) ?? attempt.address,
    };
    const decision = await this.brake.attempt(source);
    if (!decision.allowed) {
      this.record(attempt, source, 'braked');
      return { outcome: 'braked', retryAfterSeconds: Math.ceil(decision.retryAfterMs / 1000) };
    }
    const accepted = await this.check(attempt).catch(async (error: unknown) => {
      await this.brake.withdraw(source);
      throw error;
    });
    const recoveryCodesLeft = accepted ? await this.countLeft(attempt) : null;
    this.record(attempt, source, accepted ? null : 'wrong_code', recoveryCodesLeft);
    if (!accepted) return { outcome: 'refused' };
    // The code is used up: nothing that follows may refuse the person.
    await this.brake.succeed(source).catch((error: unknown) => {
      this.logger.warn(`put off after a code: ${String(error)}`);
    });
    return { outcome: 'accepted', recoveryCodesLeft };
  }

  /**
   * Forgets the guesses at an account's codes: an operator vouches for its owner.
   * @throws TemporarilyUnavailableError where that cannot be done
   */
  forgive(accountId: string): Promise<void> {
    return this.brake.forgive(`${BRAKE_PREFIX}${accountId}`);
  }

  // The code is used up: not knowing how many are left refuses nobody.
  private async countLeft({ kind, accountId }: CodeAttempt): Promise<number | null> {
    if (kind !== 'recovery') return null;
    return this.recoveryCodes.count(accountId).catch((error: unknown) => {
      this.logger.warn(`recovery codes not counted: ${String(error)}`);
      return null;
    });
  }

  private check({ kind, accountId, code }: CodeAttempt): Promise<boolean> {
    return kind === 'recovery'
      ? this.recoveryCodes.claim(accountId, code)
      : this.checkTotp(accountId, code);
  }

  private async checkTotp(accountId: string, code: string): Promise<boolean> {
    for (const { factorId, secret, keyVersion } of await this.factors.findTotp(accountId)) {
      const context = totpContext(factorId);
      const decrypted = await this.encryption.decrypt(secret, context, keyVersion);
      const step = findStep(decrypted, code, Date.now());
      if (step !== null && (await this.factors.claimStep(factorId, step))) return true;
    }
    return false;
  }

  private record(
    { kind, accountId, clientId, correlationId }: CodeAttempt,
    { address }: SignInSource,
    reason: string | null,
    left: number | null = null,
  ): void {
    this.audit.record({
      origin: { correlationId, address },
      type: kind === 'totp' ? 'sign_in.totp' : 'sign_in.recovery_code',
      outcome: reason === null ? 'success' : 'failure',
      ...(reason !== null && { reason }),
      accountId,
      ...(clientId !== null && { clientId }),
      ...(left !== null && { detail: { left } }),
    });
  }
}
