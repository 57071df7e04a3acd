/** Tells people by mail what was done to what they sign in by. */
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AccountStore } from '../account/account.store.js';
import { MailDispatch } from '../mail/mail.dispatch.js';

/** A word for a sentence of the mail. */
export type FactorNews = 'added' | 'removed' | 'codes-replaced' | 'code-used';

/** Where people look after their factors. */
export const SIGN_IN_METHODS_PATH = '/account/sign-in-methods';

@Injectable()
export class FactorMails implements OnModuleDestroy {
  constructor(
    private readonly accounts: AccountStore,
    private readonly mails: MailDispatch,
  ) {}

  onModuleDestroy(): Promise<void> {
    return this.mails.drain();
  }

  /** Behind the response, where mail can be sent and the account has a confirmed address. */
  tell(accountId: string, change: FactorNews): void {
    if (!this.mails.isOffered) return;
    this.mails.behind(async () => {
      const account = await this.accounts.find(accountId);
      if (account === null || account.email === null || !account.emailVerified) return;
      const template = 'sign-in-methods-changed';
      await this.mails.send(account.email, template, account, SIGN_IN_METHODS_PATH, { change });
    });
  }
}
