/** What pages post after a passkey was used or made: at sign-in, as a second factor, at enrolment. */
import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AccountStore } from '../account/account.store.js';
import { SignInProgress } from '../authentication/sign-in.progress.js';
import { type PasskeyHolder } from '../factor/passkey.authenticator.js';
import { seeOther } from '../http/see-other.js';
import { EnrolmentRights } from './enrolment.right.js';
import { enrolmentPath, factorPath, signInPath } from './interaction.paths.js';
import { type OpenInteraction, OpenInteractions } from './open.interaction.js';
import { asksItself } from './own.sign-in.js';
import { PASSKEY_PROBLEM, PasskeyPages } from './passkey.pages.js';
import { RecoveryCodesPages } from './recovery-codes.pages.js';

@Controller('interaction/:id')
export class PasskeyController {
  constructor(
    private readonly open: OpenInteractions,
    private readonly progress: SignInProgress,
    private readonly accounts: AccountStore,
    private readonly rights: EnrolmentRights,
    private readonly passkeys: PasskeyPages,
    private readonly recoveryCodes: RecoveryCodesPages,
  ) {}

  /** The passkey says who it is. */
  @Post('sign-in/passkey')
  async signIn(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const opened = await this.open.find(request, id);
    if (!asksItself(opened)) return seeOther(reply, signInPath(id));
    const holder = await this.passkeys.authenticate(request, opened, null);
    const { hintedSubject } = opened.interaction.request;
    const isExpected = hintedSubject === null || hintedSubject === holder?.accountId;
    if (holder === null || !isExpected) {
      return seeOther(reply, `${signInPath(id)}${PASSKEY_PROBLEM}`);
    }
    await this.goOn(opened, holder, request, reply);
  }

  /** The person is known already. */
  @Post('factor/passkey')
  async prove(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const opened = await this.open.find(request, id);
    const proof = await this.progress.proofOf(request, opened.interaction);
    if (proof === null) return seeOther(reply, signInPath(id));
    const holder = await this.passkeys.authenticate(request, opened, proof.accountId);
    if (holder === null) return seeOther(reply, `${factorPath(id)}${PASSKEY_PROBLEM}`);
    await this.goOn(opened, holder, request, reply);
  }

  /** The factor that is needed and not there. */
  @Post('enrolment/passkey')
  async enrol(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const opened = await this.open.find(request, id);
    const proof = await this.progress.proofOf(request, opened.interaction);
    const account = proof === null ? null : await this.accounts.find(proof.accountId);
    if (proof === null || account === null) return seeOther(reply, signInPath(id));
    const right = await this.rights.find(opened, proof);
    if (right === null) return seeOther(reply, factorPath(id));
    const { accountId } = account;
    const holder = await this.passkeys.register(request, opened, accountId, right);
    if (holder === null) return seeOther(reply, `${enrolmentPath(id)}${PASSKEY_PROBLEM}`);
    const next = await this.progress.prove(opened, holder, { request, reply });
    // Beside another factor it leaves the codes as they are.
    if (right.mostBefore > 0) return seeOther(reply, next);
    await this.recoveryCodes.show(reply, opened, accountId, next);
  }

  private async goOn(
    opened: OpenInteraction,
    holder: PasskeyHolder,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    seeOther(reply, await this.progress.prove(opened, holder, { request, reply }));
  }
}
