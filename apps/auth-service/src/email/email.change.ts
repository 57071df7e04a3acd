/** Does what a link to an address was sent for. */
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit.trail.js';
import { type RequestOrigin } from '../http/request.origin.js';
import { type EmailLink, type EmailLinkKind, EmailLinks } from './email.links.js';
import { EmailRequests } from './email.requests.js';
import { EmailStore } from './email.store.js';

/** What the audit calls each. */
const EVENTS: Readonly<Record<EmailLinkKind, string>> = {
  confirm: 'email.confirmed',
  change: 'email.changed',
  undo: 'email.change_undone',
};

@Injectable()
export class EmailChange {
  constructor(
    private readonly links: EmailLinks,
    private readonly emails: EmailStore,
    private readonly requests: EmailRequests,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Uses the link up and gives the account its address, proven. The address before is told, where it
   * was proven itself: one that nobody proved may be a stranger's, who must not get the account.
   *
   * @returns false where another one was faster, or account or address changed meanwhile
   * @throws TemporarilyUnavailableError where it cannot be done now; the link can still be used then
   */
  async carryOut(token: string, link: EmailLink, origin: RequestOrigin): Promise<boolean> {
    const { kind, replacement, account } = link;
    if (!(await this.links.claim(token, link))) return false;
    const isDone = await this.emails.replace(replacement).catch(async (error: unknown) => {
      await this.links.release(token);
      throw error;
    });
    this.audit.record({
      origin,
      type: EVENTS[kind],
      outcome: isDone ? 'success' : 'failure',
      ...(!isDone && { reason: 'account_or_address_changed_meanwhile' }),
      accountId: account.accountId,
    });
    const { from, to } = replacement;
    if (isDone && from !== null && account.emailVerified) {
      if (kind === 'change') this.requests.tellReplaced(account, from, to);
      if (kind === 'undo') this.requests.tellUndone(account, from, to);
    }
    return isDone;
  }
}
