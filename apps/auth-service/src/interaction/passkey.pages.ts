/** The forms by which pages use and make passkeys, and what is posted by them. */
import { Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Account } from '../account/account.js';
import { AuditTrail } from '../audit/audit.trail.js';
import { HARDWARE_KEY_AMR, SOFTWARE_KEY_AMR, USER_PRESENCE_AMR } from '../authentication/acr.js';
import { FactorMails } from '../factor/factor.mails.js';
import { type Passkey } from '../factor/factor.store.js';
import { PasskeyAuthenticator, type PasskeyHolder } from '../factor/passkey.authenticator.js';
import { PasskeyRegistration } from '../factor/passkey.registration.js';
import { originOf } from '../http/request.origin.js';
import { type PasskeyForm } from '../views/interaction.pages.js';
import { BrowserCookie } from './browser.cookie.js';
import { type EnrolmentRight } from './enrolment.right.js';
import { InteractionForm } from './interaction.form.js';
import { enrolmentPath, factorPath, signInPath } from './interaction.paths.js';
import { type Interaction } from './interaction.js';
import { type OpenInteraction } from './open.interaction.js';

/** Where a page is sent back to, to say that a passkey did not do. */
export const PASSKEY_PROBLEM = '?problem=passkey';

/** A page of an interaction that is being answered. */
export interface PageInBrowser {
  readonly interaction: Interaction;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

@Injectable()
export class PasskeyPages {
  constructor(
    private readonly forms: InteractionForm,
    private readonly browsers: BrowserCookie,
    private readonly authenticator: PasskeyAuthenticator,
    private readonly registration: PasskeyRegistration,
    private readonly audit: AuditTrail,
    private readonly mails: FactorMails,
  ) {}

  /**
   * The form that asks for a signature.
   * @param asked whose second factor it is; null where the passkey says who it is
   * @returns null where there is nothing to ask for
   */
  async signInForm(
    page: PageInBrowser,
    asked: { readonly accountId: string; readonly passkeys: readonly Passkey[] } | null,
  ): Promise<PasskeyForm | null> {
    if (!this.registration.isPossible || asked?.passkeys.length === 0) return null;
    const { interactionId } = page.interaction;
    const purpose = signInPurpose(interactionId, asked?.accountId ?? null);
    const options = await this.authenticator.ask(purpose, asked?.passkeys ?? null);
    const at = asked === null ? signInPath(interactionId) : factorPath(interactionId);
    return this.form(page, 'get', options, at);
  }

  /** The form that makes a passkey. */
  async enrolmentForm(page: PageInBrowser, account: Account): Promise<PasskeyForm | null> {
    if (!this.registration.isPossible) return null;
    const { interactionId } = page.interaction;
    const purpose = enrolmentPurpose(interactionId, account.accountId);
    const options = await this.registration.ask(purpose, account);
    return this.form(page, 'create', options, enrolmentPath(interactionId));
  }

  /** @returns null where what was posted proves nothing; why is audited */
  authenticate(
    request: FastifyRequest,
    { interaction, client }: OpenInteraction,
    accountId: string | null,
  ): Promise<PasskeyHolder | null> {
    const form = this.forms.read(request, interaction, formContext(interaction));
    return this.authenticator.authenticate({
      response: form.single('credential'),
      purpose: signInPurpose(interaction.interactionId, accountId),
      accountId,
      clientId: client.clientId,
      ...originOf(request),
    });
  }

  /**
   * @returns what having made the passkey proves; null where none was made
   */
  async register(
    request: FastifyRequest,
    { interaction, client }: OpenInteraction,
    accountId: string,
    { mostBefore, basis }: EnrolmentRight,
  ): Promise<PasskeyHolder | null> {
    const form = this.forms.read(request, interaction, formContext(interaction));
    const made = await this.registration.register({
      response: form.single('credential'),
      purpose: enrolmentPurpose(interaction.interactionId, accountId),
      accountId,
      name: 'Passkey',
      mostBefore,
      basis,
    });
    if (made === null) return null;
    this.audit.record({
      origin: originOf(request),
      type: 'factor.enrolled',
      outcome: 'success',
      accountId,
      clientId: client.clientId,
      detail: { kind: 'passkey', factor_id: made.factorId },
    });
    this.mails.tell(accountId, 'added');
    const key = made.backupEligible ? SOFTWARE_KEY_AMR : HARDWARE_KEY_AMR;
    return { accountId, amr: [key, USER_PRESENCE_AMR], signInEpoch: basis.signInEpoch };
  }

  private form(
    { interaction, request, reply }: PageInBrowser,
    ceremony: PasskeyForm['ceremony'],
    options: object,
    page: string,
  ): PasskeyForm {
    return {
      ceremony,
      options: JSON.stringify(options),
      action: `${page}/passkey`,
      formToken: this.browsers.formToken(request, reply, formContext(interaction)),
    };
  }
}

function formContext({ interactionId }: Interaction): string {
  return `passkey ${interactionId}`;
}

function signInPurpose(interactionId: string, accountId: string | null): string {
  return `sign-in ${interactionId} ${accountId ?? ''}`;
}

function enrolmentPurpose(interactionId: string, accountId: string): string {
  return `enrolment ${interactionId} ${accountId}`;
}
