/** The page of the account on which a person confirms an address, or asks for another one. */
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AccountAccess, type Visitor } from '../account-page/account.access.js';
import { AccountForm } from '../account-page/account.form.js';
import { AccountPages } from '../account-page/account.pages.js';
import { PageError } from '../http/page.error.js';
import { MailDispatch } from '../mail/mail.dispatch.js';
import { waitingTime } from '../views/page.models.js';
import { isSameAddress, parseEmailAddress } from './email-address.js';
import { EMAIL_PATH } from './email.paths.js';
import { EmailRequests } from './email.requests.js';

/** What is wrong with what was posted. */
type EmailProblem =
  | { readonly kind: 'incomplete' | 'malformed' | 'same' }
  | { readonly kind: 'braked'; readonly retryAfterSeconds: number };

@Controller(EMAIL_PATH)
export class EmailController {
  constructor(
    private readonly access: AccountAccess,
    private readonly forms: AccountForm,
    private readonly pages: AccountPages,
    private readonly requests: EmailRequests,
    private readonly mails: MailDispatch,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.enter(request, reply);
    if (visitor !== null) this.render(visitor, '', null);
  }

  /** Sends the link to the address that the account has. */
  @Post('confirmation')
  async confirm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.enter(request, reply);
    if (visitor === null) return;
    this.forms.read(visitor, EMAIL_PATH);
    const { email, emailVerified } = visitor.account;
    if (email === null || emailVerified) return this.render(visitor, '', null);
    await this.send(visitor, email, '');
  }

  /** Sends the link to the address that the account is to have. */
  @Post()
  async change(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.enter(request, reply);
    if (visitor === null) return;
    const typed = this.forms.read(visitor, EMAIL_PATH).single('email');
    if (typed === null) return this.render(visitor, '', { kind: 'incomplete' });
    const wanted = parseEmailAddress(typed);
    if (wanted === null) return this.render(visitor, typed, { kind: 'malformed' });
    const { email } = visitor.account;
    if (email !== null && isSameAddress(wanted, email)) {
      return this.render(visitor, typed, { kind: 'same' });
    }
    await this.send(visitor, wanted, typed);
  }

  /** Whoever found the session open must not take the account over by way of its address. */
  private enter(request: FastifyRequest, reply: FastifyReply): Promise<Visitor | null> {
    if (!this.mails.isOffered) {
      throw new PageError(
        404,
        'invalid_request',
        'Addresses cannot be changed here. Nothing was done.',
        'no mail leaves this server',
      );
    }
    return this.access.enter({ request, reply }, EMAIL_PATH, 'fresh');
  }

  private async send(visitor: Visitor, to: string, typed: string): Promise<void> {
    const decision = await this.requests.take(visitor.account, to, visitor.origin);
    if (decision.allowed) return this.pages.goBack(visitor, EMAIL_PATH, 'email-link-sent');
    const retryAfterSeconds = Math.ceil(decision.retryAfterMs / 1000);
    this.render(visitor, typed, { kind: 'braked', retryAfterSeconds });
  }

  private render(visitor: Visitor, typed: string, problem: EmailProblem | null): void {
    const { email, emailVerified } = visitor.account;
    const wait = problem?.kind === 'braked' ? problem.retryAfterSeconds : null;
    if (wait !== null) void visitor.reply.header('retry-after', String(wait));
    this.pages.show(visitor, {
      template: 'account-email',
      section: 'profile',
      status: wait === null ? 200 : 429,
      model: {
        action: EMAIL_PATH,
        formToken: this.forms.token(visitor, EMAIL_PATH),
        email,
        emailVerified,
        typed,
        problem: problem?.kind ?? null,
        wait: wait === null ? null : waitingTime(wait),
      },
    });
  }
}
