/** Takes what a person wants of their address, and writes to it behind the response. */
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type Account } from '../account/account.js';
import { AuditTrail } from '../audit/audit.trail.js';
import { type RequestOrigin } from '../http/request.origin.js';
import { addressBlock } from '../limits/sign-in.key.js';
import { type BrakeDecision, SignInBrake } from '../limits/sign-in.brake.js';
import { MailDispatch } from '../mail/mail.dispatch.js';
import { EMAIL_LINK_SECONDS, type EmailLinkKind, EmailLinks } from './email.links.js';
import { isSameAddress } from './email-address.js';
import { EMAIL_PATH, emailLinkPath } from './email.paths.js';
import { EmailStore } from './email.store.js';

// No username holds a NUL: these requests have counts of their own, and keep nobody from signing in.
const ACCOUNT_PREFIX = '\0email\0';
const RECEIVER_PREFIX = '\0email-to\0';
const SECONDS_PER_HOUR = 3600;
const SECONDS_PER_DAY = 86_400;

@Injectable()
export class EmailRequests implements OnModuleDestroy {
  constructor(
    private readonly mails: MailDispatch,
    private readonly links: EmailLinks,
    private readonly emails: EmailStore,
    private readonly brake: SignInBrake,
    private readonly audit: AuditTrail,
  ) {}

  onModuleDestroy(): Promise<void> {
    return this.mails.drain();
  }

  /**
   * Counts the request, and sees to it afterwards: the answer is the same, and as fast, whether the
   * address belongs to somebody else or not. What is written to it says so.
   *
   * @param to the address that the account has and has not proven, or the one that it is to get
   * @throws TemporarilyUnavailableError where it cannot be counted, or too many are under way
   */
  async take(account: Account, to: string, origin: RequestOrigin): Promise<BrakeDecision> {
    this.mails.ensureRoom();
    const { accountId } = account;
    const byAccount = await this.brake.attempt({
      username: `${ACCOUNT_PREFIX}${accountId}`,
      address: `${ACCOUNT_PREFIX}${addressBlock(origin.address)}`,
    });
    if (!byAccount.allowed) return byAccount;
    // Nobody's mailbox is filled by many accounts, or from many places.
    const byReceiver = await this.brake.attempt({
      username: `${RECEIVER_PREFIX}${to.toLowerCase()}`,
      address: `${RECEIVER_PREFIX}${accountId}`,
    });
    if (byReceiver.allowed) this.mails.behind(() => this.answer(account, to, origin));
    return byReceiver;
  }

  /**
   * Tells the address that an account had, behind the response, how the change is taken back. Where it
   * was changed a few days ago already, that is the address of before: `from` may be a thief's.
   *
   * @param from the address before this change, which was proven
   */
  tellReplaced(account: Account, from: string, to: string): void {
    this.mails.behind(async () => {
      const { accountId } = account;
      const before = await this.links.rightfulAddress(accountId, from);
      if (isSameAddress(before, to)) return;
      const token = await this.links.issue('undo', { accountId, from: to, to: before });
      const days = EMAIL_LINK_SECONDS.undo / SECONDS_PER_DAY;
      await this.mails.send(before, 'email-changed', account, emailLinkPath(token), { to, days });
    });
  }

  /** Tells the address that an account had for a while that the change was taken back. */
  tellUndone(account: Account, from: string, to: string): void {
    this.mails.behind(() => this.mails.send(from, 'email-undone', account, EMAIL_PATH, { to }));
  }

  private async answer(account: Account, to: string, origin: RequestOrigin): Promise<void> {
    const { accountId, email: from } = account;
    const kind: EmailLinkKind = from === to ? 'confirm' : 'change';
    const isTaken = await this.emails.isOfAnother(to, accountId);
    this.audit.record({
      origin,
      type: 'email.link_requested',
      outcome: isTaken ? 'failure' : 'success',
      ...(isTaken && { reason: 'address_of_another_account' }),
      accountId,
      detail: { kind },
    });
    if (isTaken)
      return this.mails.send(to, 'email-taken', { name: null, username: to }, EMAIL_PATH);
    const token = await this.links.issue(kind, { accountId, from, to });
    const hours = EMAIL_LINK_SECONDS[kind] / SECONDS_PER_HOUR;
    await this.mails.send(to, `email-${kind}`, account, emailLinkPath(token), { hours });
  }
}
