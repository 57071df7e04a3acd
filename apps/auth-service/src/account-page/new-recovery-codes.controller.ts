/** The page on which people get new recovery codes in place of those that they have. */
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { FactorService } from '../factor/factor.service.js';
import { seeOther } from '../http/see-other.js';
import { AccountAccess } from './account.access.js';
import { AccountForm } from './account.form.js';
import { AccountPages } from './account.pages.js';
import { ACCOUNT_PATHS } from './account.paths.js';
import { OwnFactors, ownerOf } from './own.factors.js';

const PATH = `${ACCOUNT_PATHS.signInMethods}/new-recovery-codes`;

@Controller(PATH)
export class NewRecoveryCodesController {
  constructor(
    private readonly access: AccountAccess,
    private readonly forms: AccountForm,
    private readonly pages: AccountPages,
    private readonly factors: FactorService,
    private readonly own: OwnFactors,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH, 'fresh');
    if (visitor === null) return;
    const { factors, recoveryCodesLeft } = await this.factors.list(visitor.account.accountId);
    // They stand in for a factor: without one there is nothing to stand in for.
    if (factors.length === 0) return seeOther(reply, ACCOUNT_PATHS.signInMethods);
    this.pages.show(visitor, {
      template: 'account-new-recovery-codes',
      section: 'signInMethods',
      model: {
        action: PATH,
        backPath: ACCOUNT_PATHS.signInMethods,
        formToken: this.forms.token(visitor, PATH),
        recoveryCodesLeft,
      },
    });
  }

  @Post()
  async replace(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH, 'fresh');
    if (visitor === null) return;
    this.forms.read(visitor, PATH);
    const codes = await this.factors.replaceRecoveryCodes(ownerOf(visitor));
    if (codes === null) return seeOther(reply, PATH);
    this.own.showCodes(visitor, codes);
  }
}
