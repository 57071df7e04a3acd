/** The pages that a link to an address leads to, in whatever browser it is opened. */
import { createHash } from 'node:crypto';
import { Controller, Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { clearCookie, type Cookie, hostCookie, readCookie, writeCookie } from '../http/cookie.js';
import { originOf } from '../http/request.origin.js';
import { seeOther } from '../http/see-other.js';
import { BrowserCookie } from '../interaction/browser.cookie.js';
import { PageForm } from '../interaction/page.form.js';
import { EmailPages } from '../views/email.pages.js';
import { EmailChange } from './email.change.js';
import { EmailLinks } from './email.links.js';
import { EMAIL_PATH, emailLinkPath } from './email.paths.js';

const START_AGAIN = { startAgain: 'Open the link again, and let this site keep cookies.' };
const TOKEN_CHARACTERS = /^[\w-]{43}$/;

@Controller(emailLinkPath())
export class EmailLinkController {
  private readonly cookie: Cookie;

  constructor(
    private readonly links: EmailLinks,
    private readonly changes: EmailChange,
    private readonly browsers: BrowserCookie,
    private readonly forms: PageForm,
    private readonly pages: EmailPages,
    @Inject(serverConfig.KEY) config: ServerConfig,
  ) {
    this.cookie = hostCookie('keyward-email-link', config);
  }

  /**
   * The link puts its token into a cookie and leads to a URL without it, so that no history, log or
   * Referer keeps it. Neither step changes anything: whatever opens links of mails may do both.
   */
  @Get()
  async open(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('token') token?: unknown,
  ): Promise<void> {
    if (token !== undefined) {
      const presented = typeof token === 'string' && TOKEN_CHARACTERS.test(token) ? token : null;
      if (presented === null) clearCookie(reply, this.cookie);
      else writeCookie(reply, this.cookie, presented);
      void reply.header('referrer-policy', 'no-referrer');
      return seeOther(reply, emailLinkPath());
    }
    const presented = readCookie(request, this.cookie);
    const link = await this.links.find(presented);
    if (link === null || presented === null) return this.pages.gone(reply, EMAIL_PATH);
    const { kind, account, replacement } = link;
    this.pages.ask(reply, {
      action: emailLinkPath(),
      formToken: this.browsers.formToken(request, reply, contextOf(presented)),
      kind,
      account,
      from: replacement.from,
      to: replacement.to,
    });
  }

  @Post()
  async carryOut(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const token = readCookie(request, this.cookie);
    this.forms.read(request, contextOf(token ?? ''), START_AGAIN);
    const link = await this.links.find(token);
    const isDone =
      link !== null &&
      token !== null &&
      (await this.changes.carryOut(token, link, originOf(request)));
    clearCookie(reply, this.cookie);
    if (!isDone) return this.pages.gone(reply, EMAIL_PATH);
    this.pages.done(reply, link.kind, link.replacement.to, EMAIL_PATH);
  }
}

// A form that was opened by one link does nothing by another one.
function contextOf(token: string): string {
  return `email-link ${createHash('sha256').update(token).digest('base64url')}`;
}
