/** The page on which a person enters the code that a device shows (RFC 8628 section 3.3). */
import { Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AccountAccess, type Visitor } from '../account-page/account.access.js';
import { AccountForm } from '../account-page/account.form.js';
import { seeOther } from '../http/see-other.js';
import { type DeviceCodeProblem, DevicePages } from '../views/device.pages.js';
import { DEVICE_PATH, deviceConfirmationPath, devicePathWith } from './device.paths.js';
import { UserCodeEntry } from './user-code.entry.js';
import { formatUserCode, normaliseUserCode } from './user.code.js';

@Controller(DEVICE_PATH)
export class DeviceCodeController {
  constructor(
    private readonly access: AccountAccess,
    private readonly forms: AccountForm,
    private readonly entry: UserCodeEntry,
    private readonly pages: DevicePages,
  ) {}

  /**
   * A code in the URL fills in the field, and does nothing more: whoever sends links has no one's device
   * let in.
   * @see RFC 8628 sections 3.3.1 and 5.4
   */
  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('user_code') presented?: unknown,
  ): Promise<void> {
    const userCode = typeof presented === 'string' ? normaliseUserCode(presented) : null;
    const path = userCode === null ? DEVICE_PATH : devicePathWith(userCode);
    const visitor = await this.access.enter({ request, reply }, path);
    if (visitor === null) return;
    this.render(visitor, userCode === null ? null : formatUserCode(userCode), null);
  }

  @Post()
  async submit(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, DEVICE_PATH);
    if (visitor === null) return;
    const typed = this.forms.read(visitor, DEVICE_PATH).single('user_code') ?? '';
    const result = await this.entry.enter(visitor, typed);
    switch (result.outcome) {
      case 'entered':
        return seeOther(reply, deviceConfirmationPath(result.id));
      case 'malformed':
      case 'unknown':
        return this.render(visitor, typed, { kind: result.outcome });
      case 'braked': {
        const { retryAfterSeconds } = result;
        return this.render(visitor, typed, { kind: 'braked', retryAfterSeconds });
      }
    }
  }

  private render(
    visitor: Visitor,
    userCode: string | null,
    problem: DeviceCodeProblem | null,
  ): void {
    this.pages.code(visitor.reply, {
      account: visitor.account,
      action: DEVICE_PATH,
      formToken: this.forms.token(visitor, DEVICE_PATH),
      userCode,
      problem,
    });
  }
}
