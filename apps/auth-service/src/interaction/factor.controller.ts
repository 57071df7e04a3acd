/** The page on which a person proves what a password alone does not. */
import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AccountStore } from '../account/account.store.js';
import { ONE_TIME_CODE_AMR } from '../authentication/acr.js';
import { type Proof } from '../authentication/proof.js';
import { RememberedDevices } from '../authentication/remembered.devices.js';
import { SignInProgress } from '../authentication/sign-in.progress.js';
import { CodeAuthenticator } from '../factor/code.authenticator.js';
import { FactorMails } from '../factor/factor.mails.js';
import { FactorStore } from '../factor/factor.store.js';
import { RecoveryCodes } from '../factor/recovery.codes.js';
import { originOf } from '../http/request.origin.js';
import { seeOther } from '../http/see-other.js';
import { FactorPages, type FactorProblem } from '../views/factor.pages.js';
import { BrowserCookie } from './browser.cookie.js';
import { EnrolmentRights } from './enrolment.right.js';
import { InteractionForm } from './interaction.form.js';
import { enrolmentPath, factorPath, signInPath } from './interaction.paths.js';
import { type Interaction } from './interaction.js';
import { type OpenInteraction, OpenInteractions } from './open.interaction.js';
import { PasskeyPages } from './passkey.pages.js';

type Method = 'totp' | 'recovery';

@Controller('interaction/:id/factor')
export class FactorController {
  constructor(
    private readonly open: OpenInteractions,
    private readonly forms: InteractionForm,
    private readonly browsers: BrowserCookie,
    private readonly progress: SignInProgress,
    private readonly accounts: AccountStore,
    private readonly factors: FactorStore,
    private readonly rights: EnrolmentRights,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly codes: CodeAuthenticator,
    private readonly passkeys: PasskeyPages,
    private readonly devices: RememberedDevices,
    private readonly mails: FactorMails,
    private readonly pages: FactorPages,
  ) {}

  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @Query('method') method?: unknown,
    @Query('problem') problem?: unknown,
  ): Promise<void> {
    const opened = await this.open.find(request, id);
    const proof = await this.progress.proofOf(request, opened.interaction);
    if (proof === null) return seeOther(reply, signInPath(id));
    const shown = method === 'recovery' ? 'recovery' : 'totp';
    const passkey: FactorProblem | null = problem === 'passkey' ? { kind: 'passkey' } : null;
    await this.render(request, reply, opened, proof, shown, passkey);
  }

  @Post()
  async prove(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const opened = await this.open.find(request, id);
    const proof = await this.progress.proofOf(request, opened.interaction);
    if (proof === null) return seeOther(reply, signInPath(id));
    const form = this.forms.read(
      request,
      opened.interaction,
      formContext(opened.interaction, proof),
    );
    const method = form.single('method') === 'recovery' ? 'recovery' : 'totp';
    const result = await this.codes.authenticate({
      kind: method,
      accountId: proof.accountId,
      code: form.single('code') ?? '',
      ...originOf(request),
      clientId: opened.client.clientId,
    });
    switch (result.outcome) {
      case 'accepted': {
        const { accountId, basis } = proof;
        const proven = { accountId, amr: [ONE_TIME_CODE_AMR], signInEpoch: basis.signInEpoch };
        const next = await this.progress.prove(opened, proven, { request, reply });
        if (method === 'totp' && form.single('remember') === 'yes') {
          await this.devices.remember({ accountId, ...basis }, request, reply);
        }
        const { recoveryCodesLeft: left } = result;
        if (method === 'recovery') this.mails.tell(accountId, 'code-used');
        if (left === null) return seeOther(reply, next);
        const { redirectUri } = opened.interaction.request;
        const page = { client: opened.client, redirectUri, left, continuePath: next };
        return this.pages.recoveryCodeUsed(reply, page);
      }
      case 'refused':
        return this.render(request, reply, opened, proof, method, { kind: 'refused' });
      case 'braked': {
        const { retryAfterSeconds } = result;
        const problem: FactorProblem = { kind: 'braked', retryAfterSeconds };
        return this.render(request, reply, opened, proof, method, problem);
      }
    }
  }

  private async render(
    request: FastifyRequest,
    reply: FastifyReply,
    opened: OpenInteraction,
    proof: Proof,
    method: Method,
    problem: FactorProblem | null,
  ): Promise<void> {
    const { interaction, client } = opened;
    const { accountId } = proof;
    const factors = await this.factors.findOfAccount(accountId);
    const account = await this.accounts.find(accountId);
    if (account === null) return seeOther(reply, signInPath(interaction.interactionId));
    if ((await this.rights.find(opened, proof)) !== null) {
      return seeOther(reply, enrolmentPath(interaction.interactionId));
    }
    const isCodeOfUse = await this.rights.isCodeOfUse(opened, accountId);
    const kinds = new Set(factors.map(({ kind }) => kind));
    if (!isCodeOfUse) kinds.delete('totp');
    const asked = { accountId, passkeys: await this.factors.findPasskeys(accountId) };
    this.pages.factor(reply, {
      client,
      account,
      factorKinds: [...kinds],
      method: isCodeOfUse ? method : 'totp',
      hasRecoveryCodes: isCodeOfUse && (await this.recoveryCodes.count(accountId)) > 0,
      action: factorPath(interaction.interactionId),
      formToken: this.browsers.formToken(request, reply, formContext(interaction, proof)),
      redirectUri: interaction.request.redirectUri,
      passkey: await this.passkeys.signInForm({ interaction, request, reply }, asked),
      rememberDays: this.devices.days,
      problem,
    });
  }
}

function formContext({ interactionId }: Interaction, { accountId }: Proof): string {
  return `factor ${interactionId} ${accountId}`;
}
