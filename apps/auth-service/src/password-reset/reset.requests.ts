/** Answers "I forgot my password" by mail, behind a response that says nothing about the account. */
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AccountStore, canonicalUsername } from '../account/account.store.js';
import { AuditTrail } from '../audit/audit.trail.js';
import { type RequestOrigin } from '../http/request.origin.js';
import { addressBlock } from '../limits/sign-in.key.js';
import { type BrakeDecision, SignInBrake } from '../limits/sign-in.brake.js';
import { MailDispatch } from '../mail/mail.dispatch.js';
import {
  isResettable,
  RESET_LINK_SECONDS,
  type ResettableAccount,
  ResetLinks,
} from './reset.links.js';
import { forgotPasswordPath, resetPasswordPath } from './password-reset.paths.js';

// No username holds a NUL: these requests have a count of their own, and keep nobody from signing in.
const BRAKE_PREFIX = '\0password-reset\0';

@Injectable()
export class ResetRequests implements OnModuleDestroy {
  constructor(
    private readonly mails: MailDispatch,
    private readonly links: ResetLinks,
    private readonly accounts: AccountStore,
    private readonly brake: SignInBrake,
    private readonly audit: AuditTrail,
  ) {}

  onModuleDestroy(): Promise<void> {
    return this.mails.drain();
  }

  /**
   * Counts the request, and sees to it afterwards: the answer is the same, and as fast, whether there
   * is such an account or not.
   *
   * @throws TemporarilyUnavailableError where it cannot be counted, or too many are under way
   */
  async take(username: string, origin: RequestOrigin): Promise<BrakeDecision> {
    this.mails.ensureRoom();
    const decision = await this.brake.attempt({
      username: `${BRAKE_PREFIX}${canonicalUsername(username)}`,
      address: `${BRAKE_PREFIX}${addressBlock(origin.address)}`,
    });
    if (decision.allowed) this.mails.behind(() => this.answer(username, origin));
    return decision;
  }

  /** Tells a person behind the response that their password was changed. */
  tellChanged({ account }: ResettableAccount): void {
    this.mails.behind(() => this.send(account, 'password-changed', forgotPasswordPath()));
  }

  private async answer(username: string, origin: RequestOrigin): Promise<void> {
    const found = await this.accounts.findByUsername(username);
    const reason = refusalOf(found);
    this.audit.record({
      origin,
      type: 'password_reset.requested',
      outcome: reason === null ? 'success' : 'failure',
      ...(reason !== null && { reason }),
      ...(found !== null && { accountId: found.account.accountId }),
    });
    if (found === null || reason !== null || !isResettable(found)) return;
    await this.send(
      found.account,
      'password-reset',
      resetPasswordPath(await this.links.issue(found)),
    );
  }

  private async send(
    account: ResettableAccount['account'],
    template: string,
    path: string,
  ): Promise<void> {
    const { email, emailVerified } = account;
    if (email === null || !emailVerified) return;
    await this.mails.send(email, template, account, path, { minutes: RESET_LINK_SECONDS / 60 });
  }
}

function refusalOf(found: Awaited<ReturnType<AccountStore['findByUsername']>>): string | null {
  if (found === null) return 'unknown_username';
  if (!isResettable(found)) return 'account_disabled_or_without_password';
  return found.account.email !== null && found.account.emailVerified ? null : 'no_verified_email';
}
