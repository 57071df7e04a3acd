/** The pages on which a person proves, or enrols, what a password alone is not. */
import { Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type FactorKind } from '../factor/factor.js';
import { type AccountOnPage, type InteractionPage, type PasskeyForm } from './interaction.pages.js';
import { accountModel, clientModel, waitingTime } from './page.models.js';
import { needsOf, PageSender } from './page.sender.js';

/** Why a page is shown again. */
export type FactorProblem =
  | { readonly kind: 'passkey' | 'refused' }
  | { readonly kind: 'braked'; readonly retryAfterSeconds: number };

/** Asks for a second factor. */
export interface FactorPage extends InteractionPage {
  readonly account: AccountOnPage;
  /** What the account has. */
  readonly factorKinds: readonly FactorKind[];
  /** What the form asks for. */
  readonly method: 'totp' | 'recovery';
  readonly hasRecoveryCodes: boolean;
  /** How long this browser may be remembered; 0 where it may not. */
  readonly rememberDays: number;
  readonly passkey: PasskeyForm | null;
  readonly problem: FactorProblem | null;
}

/** Asks to set up what is needed: an application, or a passkey. */
export interface EnrolmentPage extends InteractionPage {
  readonly account: AccountOnPage;
  /** Null where an authenticator application is not enough. */
  readonly totp: {
    /** SVG of our own making. */
    readonly qrCode: string;
    /** The secret in base32, as people type it. */
    readonly secret: string;
  } | null;
  readonly passkey: PasskeyForm | null;
  readonly problem: FactorProblem | null;
}

/** Shows recovery codes, once. */
export interface RecoveryCodesPage extends Omit<InteractionPage, 'action' | 'formToken'> {
  readonly codes: readonly string[];
  readonly continuePath: string;
}

/** Says that a recovery code was used up. */
export interface RecoveryCodeUsedPage extends Omit<RecoveryCodesPage, 'codes'> {
  readonly left: number;
}

@Injectable()
export class FactorPages {
  constructor(private readonly sender: PageSender) {}

  /** Answered 200, or 429 with Retry-After to someone who is to wait. */
  factor(reply: FastifyReply, page: FactorPage): void {
    this.ask(reply, 'factor', page);
  }

  /** The same. */
  enrolment(reply: FastifyReply, page: EnrolmentPage): void {
    const groups = page.totp?.secret.match(/.{1,4}/g) ?? [];
    const totp = page.totp && { ...page.totp, secret: groups.join(' ') };
    this.ask(reply, 'enrolment', { ...page, totp });
  }

  recoveryCodes(reply: FastifyReply, page: RecoveryCodesPage): void {
    const model = { ...page, client: clientModel(page.client) };
    this.sender.send(reply, 200, 'recovery-codes', needsOf(page), model);
  }

  recoveryCodeUsed(reply: FastifyReply, page: RecoveryCodeUsedPage): void {
    const model = { ...page, client: clientModel(page.client) };
    this.sender.send(reply, 200, 'recovery-code-used', needsOf(page), model);
  }

  private ask(reply: FastifyReply, name: string, page: FactorPage | EnrolmentPage): void {
    const braked = page.problem?.kind === 'braked' ? page.problem : null;
    if (braked !== null) void reply.header('retry-after', String(braked.retryAfterSeconds));
    this.sender.send(
      reply,
      braked === null ? 200 : 429,
      name,
      { ...needsOf(page), scripts: page.passkey !== null },
      {
        ...page,
        client: clientModel(page.client),
        account: accountModel(page.account),
        problem: page.problem?.kind ?? null,
        wait: braked === null ? null : waitingTime(braked.retryAfterSeconds),
      },
    );
  }
}
