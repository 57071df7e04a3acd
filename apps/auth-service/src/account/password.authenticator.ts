/** Decides whether a username and a password belong together, slowly for those who guess. */
import { Injectable, Logger } from '@nestjs/common';
import { AuditTrail } from '../audit/audit.trail.js';
import { canonicalAddress } from '../http/client.address.js';
import { type RequestOrigin } from '../http/request.origin.js';
import { SignInBrake, type SignInSource } from '../limits/sign-in.brake.js';
import { type Account } from './account.js';
import { AccountStore, type AccountWithPassword, canonicalUsername } from './account.store.js';
import { PasswordHasher } from './password.hasher.js';

/** The outcome of one attempt. */
export type PasswordOutcome =
  | { readonly outcome: 'authenticated'; readonly account: Account }
  /** Whatever is wrong: unknown, disabled, wrong password. */
  | { readonly outcome: 'refused' }
  /** Too many attempts at this account or from this address; not looked at. */
  | { readonly outcome: 'braked'; readonly retryAfterSeconds: number };

/** Where an attempt came from. */
export interface SignInAttempt extends RequestOrigin {
  readonly username: string;
  readonly password: string;
  readonly clientId: string | null;
}

/** Every attempt is audited and costs the same time, whether there is such an account or not. */
@Injectable()
export class PasswordAuthenticator {
  private readonly logger = new Logger(PasswordAuthenticator.name);

  constructor(
    private readonly accounts: AccountStore,
    private readonly hasher: PasswordHasher,
    private readonly brake: SignInBrake,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws TemporarilyUnavailableError where it cannot be decided; the attempt is not counted then */
  async authenticate(attempt: SignInAttempt): Promise<PasswordOutcome> {
    const source: SignInSource = {
      username: canonicalUsername(attempt.username),
      address: canonicalAddress(attempt.address) ?? attempt.address,
    };
    // Before the brake: where it cannot be read, nothing was counted.
    const found = await this.accounts.findByUsername(attempt.username);
    const decision = await this.brake.attempt(source);
    if (!decision.allowed) {
      this.record(attempt, source, found, 'braked');
      return { outcome: 'braked', retryAfterSeconds: Math.ceil(decision.retryAfterMs / 1000) };
    }
    const reason = await this.check(source, found, attempt.password);
    this.record(attempt, source, found, reason);
    if (found === null || reason !== null) return { outcome: 'refused' };
    await this.settle(source, found, attempt.password);
    return { outcome: 'authenticated', account: found.account };
  }

  /**
   * Forgets the guesses at an account's password: an operator vouches for its owner.
   * @throws TemporarilyUnavailableError where that cannot be done
   */
  forgive(username: string): Promise<void> {
    return this.brake.forgive(canonicalUsername(username));
  }

  /** Why a password is refused, null where it is right; one hash, whatever the answer. */
  private async check(
    source: SignInSource,
    found: AccountWithPassword | null,
    password: string,
  ): Promise<string | null> {
    const enabled = found?.account.disabledAt === null;
    const matches = await this.hasher
      .verify(enabled ? found.passwordHash : null, password)
      .catch(async (error: unknown) => {
        await this.brake.withdraw(source);
        throw error;
      });
    if (found === null) return 'unknown_username';
    if (!enabled) return 'account_disabled';
    if (found.passwordHash === null) return 'account_without_password';
    return matches ? null : 'wrong_password';
  }

  /** What follows a success. The person is who they say: none of it may refuse them. */
  private async settle(
    source: SignInSource,
    { account, passwordHash }: AccountWithPassword,
    password: string,
  ): Promise<void> {
    try {
      await this.brake.succeed(source);
      if (passwordHash === null || !this.hasher.needsRehash(passwordHash)) return;
      const rehashed = await this.hasher.hash(password);
      await this.accounts.rehash(account.accountId, passwordHash, rehashed);
    } catch (error) {
      this.logger.warn(`put off after a sign-in: ${String(error)}`);
    }
  }

  // A username that is nobody's is not recorded: it may be a password in the wrong field.
  private record(
    { clientId, correlationId }: SignInAttempt,
    { address }: SignInSource,
    found: AccountWithPassword | null,
    reason: string | null,
  ): void {
    this.audit.record({
      origin: { correlationId, address },
      type: 'sign_in.password',
      outcome: reason === null ? 'success' : 'failure',
      ...(reason !== null && { reason }),
      ...(found !== null && { accountId: found.account.accountId }),
      ...(clientId !== null && { clientId }),
    });
  }
}
