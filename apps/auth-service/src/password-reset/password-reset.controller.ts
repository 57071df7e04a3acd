/** The pages of a forgotten password. */
import { createHash } from 'node:crypto';
import { Controller, Get, Inject, NotFoundException, Post, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { clearCookie, type Cookie, hostCookie, readCookie, writeCookie } from '../http/cookie.js';
import { originOf } from '../http/request.origin.js';
import { seeOther } from '../http/see-other.js';
import { BrowserCookie } from '../interaction/browser.cookie.js';
import { PageForm } from '../interaction/page.form.js';
import { Mailer } from '../mail/mailer.js';
import { PasswordPolicy } from '../password-policy/password.policy.js';
import {
  PasswordPages,
  type ForgotPasswordPage,
  type ResetPasswordPage,
} from '../views/password.pages.js';
import { forgotPasswordPath, resetPasswordPath } from './password-reset.paths.js';
import { PasswordReset } from './password-reset.service.js';
import { RESET_LINK_SECONDS, type ResettableAccount, ResetLinks } from './reset.links.js';
import { ResetRequests } from './reset.requests.js';

const FORGOT_CONTEXT = 'forgot-password';
const START_AGAIN = { startAgain: 'Open the page again, and let this site keep cookies.' };
const TOKEN_CHARACTERS = /^[\w-]{43}$/;

@Controller('password')
export class PasswordResetController {
  private readonly cookie: Cookie;

  constructor(
    @Inject(Mailer) private readonly mailer: Mailer | null,
    private readonly requests: ResetRequests,
    private readonly links: ResetLinks,
    private readonly resets: PasswordReset,
    private readonly policy: PasswordPolicy,
    private readonly browsers: BrowserCookie,
    private readonly forms: PageForm,
    private readonly pages: PasswordPages,
    @Inject(serverConfig.KEY) config: ServerConfig,
  ) {
    this.cookie = hostCookie('keyward-password-reset', config);
  }

  @Get('forgot')
  ask(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.wantMail();
    this.showForgot(request, reply, null, null);
  }

  @Post('forgot')
  async request(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.wantMail();
    const form = this.forms.read(request, FORGOT_CONTEXT, START_AGAIN);
    const username = form.single('username');
    if (username === null) return this.showForgot(request, reply, null, { kind: 'incomplete' });
    const decision = await this.requests.take(username, originOf(request));
    if (decision.allowed) return this.pages.forgotSent(reply, RESET_LINK_SECONDS / 60);
    const retryAfterSeconds = Math.ceil(decision.retryAfterMs / 1000);
    this.showForgot(request, reply, username, { kind: 'braked', retryAfterSeconds });
  }

  /**
   * The link puts its token into a cookie and leads to a URL without it, so that no history, log or
   * Referer keeps it. Neither step uses the link up: whatever opens links of mails may do both.
   */
  @Get('reset')
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
      return seeOther(reply, resetPasswordPath());
    }
    const presented = readCookie(request, this.cookie);
    const owner = await this.links.find(presented);
    if (owner === null || presented === null)
      return this.pages.linkGone(reply, forgotPasswordPath());
    this.showReset(request, reply, presented, owner, null);
  }

  @Post('reset')
  async reset(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const token = readCookie(request, this.cookie);
    const form = this.forms.read(request, resetContext(token ?? ''), START_AGAIN);
    const owner = await this.links.find(token);
    if (owner === null || token === null) return this.pages.linkGone(reply, forgotPasswordPath());
    const [password, repeated] = [form.single('password'), form.single('repeated')];
    const again = (problem: ResetPasswordPage['problem']) =>
      this.showReset(request, reply, token, owner, problem);
    if (password === null || repeated === null) return again('incomplete');
    if (password !== repeated) return again('different');
    const result = await this.resets.reset(token, owner, password, originOf(request));
    if (result.outcome === 'refused') return again(result.problem);
    clearCookie(reply, this.cookie);
    if (result.outcome === 'gone') return this.pages.linkGone(reply, forgotPasswordPath());
    this.pages.changed(reply);
  }

  private wantMail(): void {
    if (this.mailer === null) throw new NotFoundException();
  }

  private showForgot(
    request: FastifyRequest,
    reply: FastifyReply,
    username: string | null,
    problem: ForgotPasswordPage['problem'],
  ): void {
    const formToken = this.browsers.formToken(request, reply, FORGOT_CONTEXT);
    this.pages.forgot(reply, { action: forgotPasswordPath(), formToken, username, problem });
  }

  private showReset(
    request: FastifyRequest,
    reply: FastifyReply,
    token: string,
    { account }: ResettableAccount,
    problem: ResetPasswordPage['problem'],
  ): void {
    this.pages.reset(reply, {
      action: resetPasswordPath(),
      formToken: this.browsers.formToken(request, reply, resetContext(token)),
      account,
      minLength: this.policy.minLength,
      problem,
    });
  }
}

// A form that was opened by one link does nothing by another one.
function resetContext(token: string): string {
  return `reset-password ${createHash('sha256').update(token).digest('base64url')}`;
}
