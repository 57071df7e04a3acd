/** The page on which a signed-in person adds a passkey. */
import { Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { HARDWARE_KEY_AMR, SOFTWARE_KEY_AMR, USER_PRESENCE_AMR } from '../authentication/acr.js';
import { PasskeyRegistration } from '../factor/passkey.registration.js';
import { seeOther } from '../http/see-other.js';
import { type PasskeyForm } from '../views/interaction.pages.js';
import { STAYS_HERE } from '../views/page.sender.js';
import { AccountAccess, type Visitor } from './account.access.js';
import { AccountForm } from './account.form.js';
import { AccountPages } from './account.pages.js';
import { ACCOUNT_PATHS } from './account.paths.js';
import { OwnFactors } from './own.factors.js';

const PATH = `${ACCOUNT_PATHS.signInMethods}/new-passkey`;

@Controller(PATH)
export class NewPasskeyController {
  constructor(
    private readonly access: AccountAccess,
    private readonly forms: AccountForm,
    private readonly pages: AccountPages,
    private readonly own: OwnFactors,
    private readonly passkeys: PasskeyRegistration,
  ) {}

  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('problem') problem?: unknown,
  ): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH, 'fresh');
    if (visitor === null) return;
    const passkey = this.passkeys.isPossible ? await this.formOf(visitor) : null;
    this.pages.show(visitor, {
      template: 'account-new-passkey',
      section: 'signInMethods',
      model: { passkey, problem: problem === 'passkey' ? 'passkey' : null },
      needs: { ...STAYS_HERE, scripts: passkey !== null },
    });
  }

  @Post()
  async register(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH, 'fresh');
    if (visitor === null) return;
    const response = this.forms.read(visitor, PATH).single('credential');
    const room = await this.own.findRoom(visitor);
    if (room === null) return seeOther(reply, PATH);
    const { accountId } = visitor.account;
    const enrolment = { response, purpose: purposeOf(visitor), accountId, name: 'Passkey' };
    const made = await this.passkeys.register({ ...enrolment, ...room });
    if (made === null) return seeOther(reply, `${PATH}?problem=passkey`);
    const key = made.backupEligible ? SOFTWARE_KEY_AMR : HARDWARE_KEY_AMR;
    const amr = [key, USER_PRESENCE_AMR];
    await this.own.settle(visitor, room, { factorId: made.factorId, kind: 'passkey', amr });
  }

  private async formOf(visitor: Visitor): Promise<PasskeyForm> {
    const options = await this.passkeys.ask(purposeOf(visitor), visitor.account);
    return {
      ceremony: 'create',
      options: JSON.stringify(options),
      action: PATH,
      formToken: this.forms.token(visitor, PATH),
    };
  }
}

function purposeOf({ session: { sid, accountId } }: Visitor): string {
  return `account ${sid} ${accountId}`;
}
