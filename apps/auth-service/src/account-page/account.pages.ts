/** Sends the account pages: all in one frame, with the navigation and what there is to say. */
import { Injectable } from '@nestjs/common';
import { seeOther } from '../http/see-other.js';
import { type PageNeeds } from '../views/content-security-policy.js';
import { accountModel } from '../views/page.models.js';
import { PageSender, STAYS_HERE } from '../views/page.sender.js';
import { type Visitor } from './account.access.js';
import { AccountNotices, type Notice } from './account.notices.js';
import { ACCOUNT_PATHS, type AccountSection } from './account.paths.js';

/** A page of the account. */
export interface AccountPage {
  /** Of the template, which begins with `{% layout 'account-layout.html' %}`, without its ending. */
  readonly template: string;
  /** Where in the navigation it stands. */
  readonly section: AccountSection;
  /** What else the template prints. */
  readonly model: object;
  /** Default: 200. */
  readonly status?: number;
  /** Default: nothing of anybody else. */
  readonly needs?: PageNeeds;
}

@Injectable()
export class AccountPages {
  constructor(
    private readonly sender: PageSender,
    private readonly notices: AccountNotices,
  ) {}

  show(visitor: Visitor, page: AccountPage): void {
    const { template, section, model, status = 200, needs = STAYS_HERE } = page;
    this.sender.send(visitor.reply, status, template, needs, {
      ...model,
      account: accountModel(visitor.account),
      section,
      paths: ACCOUNT_PATHS,
      notice: this.notices.take(visitor),
    });
  }

  /** Answers a form: back to a page, which says what was done. */
  goBack(visitor: Visitor, path: string, notice: Notice): void {
    this.notices.leave(visitor, notice);
    seeOther(visitor.reply, path);
  }
}
