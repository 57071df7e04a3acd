/** The forms of the account pages: each is good in one browser, for one session, on one page. */
import { Injectable } from '@nestjs/common';
import { type FormParameters } from '../http/form.parser.js';
import { BrowserCookie } from '../interaction/browser.cookie.js';
import { OWN_PAGES } from '../interaction/own-pages.client.js';
import { PageForm } from '../interaction/page.form.js';
import { type Visitor } from './account.access.js';

@Injectable()
export class AccountForm {
  constructor(
    private readonly browsers: BrowserCookie,
    private readonly forms: PageForm,
  ) {}

  /**
   * Goes with the form as `form_token`.
   * @param path of the page that the form stands on
   */
  token(visitor: Visitor, path: string): string {
    return this.browsers.formToken(visitor.request, visitor.reply, contextOf(visitor, path));
  }

  /**
   * What was posted from that page.
   * @throws PageError for a form of another page, session, browser or site; audited
   * @throws InvalidRequestError for a body that is no form
   */
  read(visitor: Visitor, path: string): FormParameters {
    const startAgain = 'Open the page again, and let this site keep cookies.';
    return this.forms.read(visitor.request, contextOf(visitor, path), {
      clientId: OWN_PAGES.clientId,
      startAgain,
    });
  }
}

// The session is what the page was shown to: whoever signed in in another tab since changes nothing.
function contextOf({ session: { sid } }: Visitor, path: string): string {
  return `${path} ${sid}`;
}
