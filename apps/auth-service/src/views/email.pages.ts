/** The pages that a link to an address leads to. */
import { Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type AccountOnPage } from './interaction.pages.js';
import { accountModel } from './page.models.js';
import { PageSender, STAYS_HERE } from './page.sender.js';

/** What a link does. */
export type EmailLinkOnPage = 'confirm' | 'change' | 'undo';

/** Asks whether it is to be done. */
export interface EmailLinkPage {
  readonly action: string;
  /** Goes back with the form as `form_token`. */
  readonly formToken: string;
  readonly kind: EmailLinkOnPage;
  readonly account: AccountOnPage;
  readonly from: string | null;
  readonly to: string;
}

@Injectable()
export class EmailPages {
  constructor(private readonly sender: PageSender) {}

  ask(reply: FastifyReply, page: EmailLinkPage): void {
    const model = { ...page, account: accountModel(page.account) };
    this.sender.send(reply, 200, 'email-link', STAYS_HERE, model);
  }

  done(reply: FastifyReply, kind: EmailLinkOnPage, to: string, accountPath: string): void {
    this.sender.send(reply, 200, 'email-link-done', STAYS_HERE, { kind, to, accountPath });
  }

  /** For a link that expired, was used, or never was one. */
  gone(reply: FastifyReply, accountPath: string): void {
    this.sender.send(reply, 404, 'email-link-gone', STAYS_HERE, { accountPath });
  }
}
