/** The page on which a person sets up a first second factor, where one is needed and there is none. */
import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { renderSVG } from 'uqr';
import { type Account } from '../account/account.js';
import { AccountStore } from '../account/account.store.js';
import { AuditTrail } from '../audit/audit.trail.js';
import { ONE_TIME_CODE_AMR } from '../authentication/acr.js';
import { type Proof } from '../authentication/proof.js';
import { SignInProgress } from '../authentication/sign-in.progress.js';
import { FactorStore } from '../factor/factor.store.js';
import { otpauthUri, toBase32 } from '../factor/totp.js';
import { type TotpEnrolment, TotpEnrolments } from '../factor/totp.enrolment.js';
import { seeOther } from '../http/see-other.js';
import { FactorPages, type FactorProblem } from '../views/factor.pages.js';
import { BrowserCookie } from './browser.cookie.js';
import { InteractionForm } from './interaction.form.js';
import { enrolmentPath, factorPath, signInPath } from './interaction.paths.js';
import { type OpenInteraction, OpenInteractions } from './open.interaction.js';
import { PasskeyPages } from './passkey.pages.js';
import { RecoveryCodesPages } from './recovery-codes.pages.js';

/** What authenticator applications show beside the username. */
const ISSUER_NAME = 'Keyward';
const MAX_NAME_LENGTH = 60;

/** Somebody who may enrol: they proved their password and have no factor yet. */
interface Newcomer {
  readonly opened: OpenInteraction;
  readonly proof: Proof;
  readonly account: Account;
}

@Controller('interaction/:id/enrolment')
export class EnrolmentController {
  constructor(
    private readonly open: OpenInteractions,
    private readonly forms: InteractionForm,
    private readonly browsers: BrowserCookie,
    private readonly progress: SignInProgress,
    private readonly accounts: AccountStore,
    private readonly factors: FactorStore,
    private readonly enrolments: TotpEnrolments,
    private readonly recoveryCodes: RecoveryCodesPages,
    private readonly passkeys: PasskeyPages,
    private readonly audit: AuditTrail,
    private readonly pages: FactorPages,
  ) {}

  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @Query('problem') problem?: unknown,
  ): Promise<void> {
    const newcomer = await this.newcomer(request, reply, id);
    if (newcomer === null) return;
    const enrolment = await this.enrolments.begin(newcomer.account.accountId);
    const passkey: FactorProblem | null = problem === 'passkey' ? { kind: 'passkey' } : null;
    await this.render(request, reply, newcomer, enrolment, passkey);
  }

  @Post(':enrolmentId')
  async confirm(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @Param('enrolmentId') enrolmentId: string,
  ): Promise<void> {
    const newcomer = await this.newcomer(request, reply, id);
    if (newcomer === null) return;
    const { opened, account } = newcomer;
    const { accountId } = account;
    const context = formContext(newcomer, enrolmentId);
    const form = this.forms.read(request, opened.interaction, context);
    const enrolment = await this.enrolments.find(accountId, enrolmentId);
    // Used up or expired: a new secret.
    if (enrolment === null) return seeOther(reply, enrolmentPath(id));
    const name =
      (form.single('name') ?? '').trim().slice(0, MAX_NAME_LENGTH) || 'Authenticator app';
    const factorId = await this.enrolments.confirm(
      { accountId, enrolmentId, name, mostBefore: 0 },
      form.single('code') ?? '',
    );
    if (factorId === null) {
      return this.render(request, reply, newcomer, enrolment, { kind: 'refused' });
    }
    this.audit.record({
      type: 'factor.enrolled',
      outcome: 'success',
      accountId,
      clientId: opened.client.clientId,
      detail: { kind: 'totp', factor_id: factorId },
    });
    const proven = { accountId, amr: [ONE_TIME_CODE_AMR] };
    const next = await this.progress.prove(opened, proven, { request, reply });
    await this.recoveryCodes.show(reply, opened, accountId, next);
  }

  /** Null where the browser was sent elsewhere. Who has a factor adds another one by that one. */
  private async newcomer(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
  ): Promise<Newcomer | null> {
    const opened = await this.open.find(request, id);
    const proof = await this.progress.proofOf(request, opened.interaction);
    const account = proof === null ? null : await this.accounts.find(proof.accountId);
    if (proof === null || account === null) {
      seeOther(reply, signInPath(id));
      return null;
    }
    if ((await this.factors.findOfAccount(account.accountId)).length > 0) {
      seeOther(reply, factorPath(id));
      return null;
    }
    return { opened, proof, account };
  }

  private async render(
    request: FastifyRequest,
    reply: FastifyReply,
    newcomer: Newcomer,
    { enrolmentId, secret }: TotpEnrolment,
    problem: FactorProblem | null,
  ): Promise<void> {
    const { opened, account } = newcomer;
    const { interactionId, request: authorization } = opened.interaction;
    this.pages.enrolment(reply, {
      client: opened.client,
      account,
      qrCode: renderSVG(otpauthUri(secret, ISSUER_NAME, account.username)),
      secret: toBase32(secret),
      action: `${enrolmentPath(interactionId)}/${enrolmentId}`,
      formToken: this.browsers.formToken(request, reply, formContext(newcomer, enrolmentId)),
      redirectUri: authorization.redirectUri,
      passkey: await this.passkeys.enrolmentForm(
        { interaction: opened.interaction, request, reply },
        account,
      ),
      problem,
    });
  }
}

function formContext({ opened, account }: Newcomer, enrolmentId: string): string {
  return `enrolment ${opened.interaction.interactionId} ${account.accountId} ${enrolmentId}`;
}
