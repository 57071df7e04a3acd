/** The page on which a person sets up the factor that is needed and not there. */
import { Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { renderSVG } from 'uqr';
import { type Account } from '../account/account.js';
import { AccountStore } from '../account/account.store.js';
import { AuditTrail } from '../audit/audit.trail.js';
import { ONE_TIME_CODE_AMR } from '../authentication/acr.js';
import { type Proof } from '../authentication/proof.js';
import { SignInProgress } from '../authentication/sign-in.progress.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { FactorMails } from '../factor/factor.mails.js';
import { otpauthUri, toBase32 } from '../factor/totp.js';
import { type TotpEnrolment, TotpEnrolments } from '../factor/totp.enrolment.js';
import { originOf } from '../http/request.origin.js';
import { seeOther } from '../http/see-other.js';
import { FactorPages, type FactorProblem } from '../views/factor.pages.js';
import { BrowserCookie } from './browser.cookie.js';
import { type EnrolmentRight, EnrolmentRights } from './enrolment.right.js';
import { InteractionForm } from './interaction.form.js';
import { enrolmentPath, factorPath, signInPath } from './interaction.paths.js';
import { type OpenInteraction, OpenInteractions } from './open.interaction.js';
import { PasskeyPages } from './passkey.pages.js';
import { RecoveryCodesPages } from './recovery-codes.pages.js';

const MAX_NAME_LENGTH = 60;

/** Somebody who may enrol. */
interface Newcomer {
  readonly opened: OpenInteraction;
  readonly proof: Proof;
  readonly account: Account;
  readonly right: EnrolmentRight;
}

@Controller('interaction/:id/enrolment')
export class EnrolmentController {
  /** What authenticator applications show beside the username. */
  private readonly issuerName: string;

  constructor(
    private readonly open: OpenInteractions,
    private readonly forms: InteractionForm,
    private readonly browsers: BrowserCookie,
    private readonly progress: SignInProgress,
    private readonly accounts: AccountStore,
    private readonly rights: EnrolmentRights,
    private readonly enrolments: TotpEnrolments,
    private readonly recoveryCodes: RecoveryCodesPages,
    private readonly passkeys: PasskeyPages,
    private readonly audit: AuditTrail,
    private readonly mails: FactorMails,
    private readonly pages: FactorPages,
    @Inject(serverConfig.KEY) { issuer }: ServerConfig,
  ) {
    this.issuerName = new URL(issuer).hostname;
  }

  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @Query('problem') problem?: unknown,
  ): Promise<void> {
    const newcomer = await this.newcomer(request, reply, id);
    if (newcomer === null) return;
    const enrolment = newcomer.right.isAnyFactorEnough
      ? await this.enrolments.begin(newcomer.account.accountId)
      : null;
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
    const { opened, account, right } = newcomer;
    const { accountId } = account;
    const context = formContext(newcomer, enrolmentId);
    const form = this.forms.read(request, opened.interaction, context);
    const enrolment = await this.enrolments.find(accountId, enrolmentId);
    // Used up, expired, or not what is needed: the page says anew what is.
    if (enrolment === null || !right.isAnyFactorEnough) return seeOther(reply, enrolmentPath(id));
    const name =
      (form.single('name') ?? '').trim().slice(0, MAX_NAME_LENGTH) || 'Authenticator app';
    const factorId = await this.enrolments.confirm(
      { accountId, enrolmentId, name, mostBefore: right.mostBefore, basis: right.basis },
      form.single('code') ?? '',
    );
    if (factorId === null) {
      return this.render(request, reply, newcomer, enrolment, { kind: 'refused' });
    }
    this.audit.record({
      origin: originOf(request),
      type: 'factor.enrolled',
      outcome: 'success',
      accountId,
      clientId: opened.client.clientId,
      detail: { kind: 'totp', factor_id: factorId },
    });
    this.mails.tell(accountId, 'added');
    const { signInEpoch } = right.basis;
    const proven = { accountId, amr: [ONE_TIME_CODE_AMR], signInEpoch };
    const next = await this.progress.prove(opened, proven, { request, reply });
    await this.recoveryCodes.show(reply, opened, accountId, next);
  }

  /** Null where the browser was sent elsewhere. */
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
    const right = await this.rights.find(opened, proof);
    if (right === null) {
      seeOther(reply, factorPath(id));
      return null;
    }
    return { opened, proof, account, right };
  }

  private async render(
    request: FastifyRequest,
    reply: FastifyReply,
    newcomer: Newcomer,
    totp: TotpEnrolment | null,
    problem: FactorProblem | null,
  ): Promise<void> {
    const { opened, account } = newcomer;
    const { interactionId, request: authorization } = opened.interaction;
    const enrolmentId = totp?.enrolmentId ?? '';
    this.pages.enrolment(reply, {
      client: opened.client,
      account,
      totp: totp && {
        qrCode: renderSVG(otpauthUri(totp.secret, this.issuerName, account.username)),
        secret: toBase32(totp.secret),
      },
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
