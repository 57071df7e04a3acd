/** The page on which the person who entered a code allows the device what it asks for, or does not. */
import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { InvalidRequestError } from '@keyward/oauth';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AccountAccess, type Visitor } from '../account-page/account.access.js';
import { AccountForm } from '../account-page/account.form.js';
import { ACCOUNT_PATHS } from '../account-page/account.paths.js';
import { timesFor } from '../account-page/local.time.js';
import { AuthorizationDetailsDescriber } from '../authorization-details/authorization-details.describer.js';
import { seeOther } from '../http/see-other.js';
import { PermissionDescriber } from '../interaction/permission.describer.js';
import { DevicePages } from '../views/device.pages.js';
import { type AskingDevice, DeviceApproval } from './device.approval.js';
import { DEVICE_PATH, deviceConfirmationPath } from './device.paths.js';
import { formatUserCode } from './user.code.js';

// SHA-256 as base64url.
const DEVICE_ID = /^[\w-]{43}$/;

/** Somebody who is signed in as surely as the device's request wants it. */
interface Decider {
  readonly visitor: Visitor;
  readonly asking: AskingDevice;
}

@Controller(`${DEVICE_PATH}/:id`)
export class DeviceConfirmationController {
  constructor(
    private readonly access: AccountAccess,
    private readonly forms: AccountForm,
    private readonly approval: DeviceApproval,
    private readonly permissions: PermissionDescriber,
    private readonly details: AuthorizationDetailsDescriber,
    private readonly pages: DevicePages,
  ) {}

  /** What was decided is said by what is kept: no link can make the page say it. */
  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const decider = await this.open(request, reply, id);
    if (decider === null) return;
    const { device, client } = decider.asking;
    if (device.state === 'pending') return this.render(decider, false);
    const isAllowed = device.state === 'approved';
    this.pages.done(reply, { client, isAllowed, placesPath: ACCOUNT_PATHS.places });
  }

  /** Nothing is allowed unless the person says that the codes are the same (RFC 8628 section 5.4). */
  @Post()
  async decide(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const decider = await this.open(request, reply, id);
    if (decider === null) return;
    const { visitor, asking } = decider;
    const form = this.forms.read(visitor, deviceConfirmationPath(id));
    const decision = form.required('decision');
    if (decision !== 'allow' && decision !== 'deny') {
      throw new InvalidRequestError('the decision is allow or deny');
    }
    if (asking.device.state === 'pending') {
      if (decision === 'deny') await this.approval.deny(asking, visitor);
      else if (form.single('matches') !== 'yes') return this.render(decider, true);
      else await this.approval.allow(asking, visitor);
    }
    seeOther(reply, deviceConfirmationPath(id));
  }

  /** @returns null where the browser was answered already */
  private async open(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
  ): Promise<Decider | null> {
    const path = deviceConfirmationPath(DEVICE_ID.test(id) ? id : '');
    const first = await this.access.enter({ request, reply }, path);
    if (first === null) return null;
    const asking = DEVICE_ID.test(id) ? await this.approval.find(id, first) : null;
    if (asking === null) {
      this.pages.gone(reply, DEVICE_PATH);
      return null;
    }
    const demand = await this.approval.demandOf(asking, first);
    const visitor = await this.access.enter({ request, reply }, path, 'any', demand);
    return visitor === null ? null : { visitor, asking };
  }

  private async render({ visitor, asking }: Decider, isUnconfirmed: boolean): Promise<void> {
    const { client, device } = asking;
    const { request } = device;
    const path = deviceConfirmationPath(device.id);
    this.pages.confirmation(visitor.reply, {
      client,
      account: visitor.account,
      action: path,
      formToken: this.forms.token(visitor, path),
      userCode: formatUserCode(request.userCode),
      asked: timesFor(visitor.account)(new Date(request.createdAtMs)),
      address: request.address,
      isHere: request.address === visitor.origin.address,
      permissions: await this.permissions.describe(request),
      details: await this.details.describe(request.authorizationDetails),
      isUnconfirmed,
    });
  }
}
