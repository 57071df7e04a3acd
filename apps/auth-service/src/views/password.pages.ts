/** The pages on which a person who forgot the password gets a new one. */
import { Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type PasswordProblem } from '../password-policy/password.policy.js';
import { type AccountOnPage } from './interaction.pages.js';
import { accountModel, waitingTime } from './page.models.js';
import { PageSender, STAYS_HERE } from './page.sender.js';

interface FormOnPage {
  /** Where the form posts. */
  readonly action: string;
  /** Goes back with the form as `form_token`. */
  readonly formToken: string;
}

/** Asks whose password was forgotten. */
export interface ForgotPasswordPage extends FormOnPage {
  readonly username: string | null;
  readonly problem:
    | { readonly kind: 'incomplete' }
    | { readonly kind: 'braked'; readonly retryAfterSeconds: number }
    | null;
}

/** Asks for the new password. */
export interface ResetPasswordPage extends FormOnPage {
  readonly account: AccountOnPage;
  /** Characters that it has at least. */
  readonly minLength: number;
  readonly problem: PasswordProblem | 'incomplete' | 'different' | null;
}

@Injectable()
export class PasswordPages {
  constructor(private readonly sender: PageSender) {}

  /** Answered 200, or 429 with Retry-After to someone who is to wait. */
  forgot(reply: FastifyReply, page: ForgotPasswordPage): void {
    const braked = page.problem?.kind === 'braked' ? page.problem : null;
    if (braked !== null) void reply.header('retry-after', String(braked.retryAfterSeconds));
    this.sender.send(reply, braked === null ? 200 : 429, 'forgot-password', STAYS_HERE, {
      ...page,
      problem: page.problem?.kind ?? null,
      wait: braked === null ? null : waitingTime(braked.retryAfterSeconds),
    });
  }

  /** The same for everybody: it says nothing about any account. */
  forgotSent(reply: FastifyReply, minutes: number): void {
    this.sender.send(reply, 200, 'forgot-password-sent', STAYS_HERE, { minutes });
  }

  reset(reply: FastifyReply, page: ResetPasswordPage): void {
    const model = { ...page, account: accountModel(page.account) };
    this.sender.send(reply, 200, 'reset-password', STAYS_HERE, model);
  }

  /** For a link that expired, was used, or never was one. */
  linkGone(reply: FastifyReply, forgotPath: string): void {
    this.sender.send(reply, 404, 'reset-password-gone', STAYS_HERE, { forgotPath });
  }

  changed(reply: FastifyReply): void {
    this.sender.send(reply, 200, 'reset-password-done', STAYS_HERE, {});
  }
}
