/** The page on which a signed-in person adds an authenticator application. */
import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { renderSVG } from 'uqr';
import { ONE_TIME_CODE_AMR } from '../authentication/acr.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { MAX_FACTOR_NAME_LENGTH } from '../factor/factor.service.js';
import { otpauthUri, toBase32 } from '../factor/totp.js';
import { type TotpEnrolment, TotpEnrolments } from '../factor/totp.enrolment.js';
import { seeOther } from '../http/see-other.js';
import { AccountAccess, type Visitor } from './account.access.js';
import { AccountForm } from './account.form.js';
import { AccountPages } from './account.pages.js';
import { ACCOUNT_PATHS } from './account.paths.js';
import { OwnFactors } from './own.factors.js';

const PATH = `${ACCOUNT_PATHS.signInMethods}/new-app`;

@Controller(PATH)
export class NewAppController {
  /** What authenticator applications show beside the username. */
  private readonly issuerName: string;

  constructor(
    private readonly access: AccountAccess,
    private readonly forms: AccountForm,
    private readonly pages: AccountPages,
    private readonly own: OwnFactors,
    private readonly enrolments: TotpEnrolments,
    @Inject(serverConfig.KEY) { issuer }: ServerConfig,
  ) {
    this.issuerName = new URL(issuer).hostname;
  }

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH, 'fresh');
    if (visitor === null) return;
    this.render(visitor, await this.enrolments.begin(visitor.account.accountId), false);
  }

  @Post(':enrolmentId')
  async confirm(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('enrolmentId') enrolmentId: string,
  ): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH, 'fresh');
    if (visitor === null) return;
    const form = this.forms.read(visitor, pathOf(enrolmentId));
    const { accountId } = visitor.account;
    const room = await this.own.findRoom(visitor);
    const enrolment = await this.enrolments.find(accountId, enrolmentId);
    // Used up or expired, or the sign-in is too old by now: the page begins anew.
    if (room === null || enrolment === null) return seeOther(reply, PATH);
    const name = (form.single('name') ?? '').trim().slice(0, MAX_FACTOR_NAME_LENGTH);
    const factorId = await this.enrolments.confirm(
      { accountId, enrolmentId, name: name || 'Authenticator app', ...room },
      form.single('code') ?? '',
    );
    if (factorId === null) return this.render(visitor, enrolment, true);
    await this.own.settle(visitor, room, { factorId, kind: 'totp', amr: [ONE_TIME_CODE_AMR] });
  }

  private render(
    visitor: Visitor,
    { enrolmentId, secret }: TotpEnrolment,
    isRefused: boolean,
  ): void {
    const { username } = visitor.account;
    this.pages.show(visitor, {
      template: 'account-new-app',
      section: 'signInMethods',
      model: {
        action: pathOf(enrolmentId),
        formToken: this.forms.token(visitor, pathOf(enrolmentId)),
        qrCode: renderSVG(otpauthUri(secret, this.issuerName, username)),
        secret: (toBase32(secret).match(/.{1,4}/g) ?? []).join(' '),
        problem: isRefused ? 'refused' : null,
      },
    });
  }
}

function pathOf(enrolmentId: string): string {
  return `${PATH}/${enrolmentId}`;
}
