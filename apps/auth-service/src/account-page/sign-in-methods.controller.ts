/** The page on which people see what they sign in by, name it and take it away. */
import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type RememberedDevice } from '../authentication/remembered-device.store.js';
import { RememberedDevices } from '../authentication/remembered.devices.js';
import { type Factor } from '../factor/factor.js';
import { FactorService } from '../factor/factor.service.js';
import { MAX_FACTORS } from '../factor/factor.store.js';
import { PasskeyRegistration } from '../factor/passkey.registration.js';
import { PageError } from '../http/page.error.js';
import { seeOther } from '../http/see-other.js';
import { UpstreamIdentities } from '../upstream/upstream-identities.js';
import { type UpstreamIdentity } from '../upstream/upstream-identity.store.js';
import { AccountAccess, type Visitor } from './account.access.js';
import { AccountForm } from './account.form.js';
import { AccountPages } from './account.pages.js';
import { ACCOUNT_PATHS } from './account.paths.js';
import { describeDevice } from './device.description.js';
import { timesFor } from './local.time.js';
import { ownerOf } from './own.factors.js';

const PATH = ACCOUNT_PATHS.signInMethods;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

@Controller(PATH)
export class SignInMethodsController {
  constructor(
    private readonly access: AccountAccess,
    private readonly forms: AccountForm,
    private readonly pages: AccountPages,
    private readonly factors: FactorService,
    private readonly passkeys: PasskeyRegistration,
    private readonly devices: RememberedDevices,
    private readonly identities: UpstreamIdentities,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH);
    if (visitor === null) return;
    const { factors, recoveryCodesLeft } = await this.factors.list(visitor.account.accountId);
    const timeOf = timesFor(visitor.account);
    const factor = ({ factorId, kind, name, createdAt, lastUsedAt }: Factor) => ({
      ...{ factorId, kind, name },
      added: timeOf(createdAt),
      lastUsed: lastUsedAt === null ? null : timeOf(lastUsedAt),
    });
    const device = ({ deviceId, userAgent, address, createdAt, expiresAt }: RememberedDevice) => ({
      ...{ deviceId, address, name: describeDevice(userAgent) },
      since: timeOf(createdAt),
      until: timeOf(expiresAt),
    });
    const connection = ({ identityId, label, linkedAt, ...at }: UpstreamIdentity) => ({
      ...{ identityId, label, at: at.upstreamName ?? at.issuer },
      added: timeOf(linkedAt),
    });
    const connections = await this.identities.list(visitor.account.accountId);
    this.pages.show(visitor, {
      template: 'account-sign-in-methods',
      section: 'signInMethods',
      model: {
        path: PATH,
        formToken: this.forms.token(visitor, PATH),
        factors: factors.map(factor),
        connections: connections.map(connection),
        recoveryCodesLeft,
        hasRoom: factors.length < MAX_FACTORS,
        devices: (await this.devices.list(visitor.account.accountId)).map(device),
        hasPasskeys: this.passkeys.isPossible,
      },
    });
  }

  /** One remembered browser, or without `device_id` all of them. */
  @Post('devices')
  async forget(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH);
    if (visitor === null) return;
    const deviceId = this.forms.read(visitor, PATH).single('device_id');
    const isDone = await this.devices.forget(visitor.account.accountId, deviceId, request);
    if (!isDone) throw noSuchMethod();
    this.pages.goBack(visitor, PATH, 'devices-forgotten');
  }

  @Post(':factorId/name')
  async rename(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('factorId') factorId: string,
  ): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH);
    if (visitor === null) return;
    const name = this.forms.read(visitor, PATH).single('name') ?? '';
    await this.find(visitor, factorId);
    await this.factors.rename(ownerOf(visitor), factorId, name);
    this.pages.goBack(visitor, PATH, 'factor-renamed');
  }

  /** Says what follows, before anything is done. */
  @Get(':factorId/removal')
  async confirm(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('factorId') factorId: string,
  ): Promise<void> {
    const visitor = await this.enterFresh(request, reply, factorId);
    if (visitor === null) return;
    const path = removalPath(factorId);
    const { factors, isOneNeeded } = await this.factors.list(visitor.account.accountId);
    const isLast = factors.length === 1;
    this.pages.show(visitor, {
      template: 'account-factor-removal',
      section: 'signInMethods',
      model: {
        action: path,
        backPath: PATH,
        formToken: this.forms.token(visitor, path),
        name: (await this.find(visitor, factorId)).name,
        isLast,
        isNeeded: isLast && isOneNeeded,
      },
    });
  }

  @Post(':factorId/removal')
  async remove(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('factorId') factorId: string,
  ): Promise<void> {
    const visitor = await this.enterFresh(request, reply, factorId);
    if (visitor === null) return;
    const path = removalPath(factorId);
    this.forms.read(visitor, path);
    switch (await this.factors.remove(ownerOf(visitor), factorId)) {
      case 'done':
        return this.pages.goBack(visitor, PATH, 'factor-removed');
      case 'unknown':
        throw noSuchMethod();
      // The page says so, or asks for what is missing.
      case 'needed':
      case 'stale':
        return seeOther(reply, path);
    }
  }

  /** Null where the browser was sent to sign in again. */
  private async enterFresh(
    request: FastifyRequest,
    reply: FastifyReply,
    factorId: string,
  ): Promise<Visitor | null> {
    if (!UUID.test(factorId)) throw noSuchMethod();
    const visitor = await this.access.enter({ request, reply }, removalPath(factorId), 'fresh');
    if (visitor !== null) await this.find(visitor, factorId);
    return visitor;
  }

  private async find({ account }: Visitor, factorId: string): Promise<Factor> {
    const { factors } = await this.factors.list(account.accountId);
    const found = factors.find((factor) => factor.factorId === factorId);
    if (found === undefined) throw noSuchMethod();
    return found;
  }
}

function removalPath(factorId: string): string {
  return `${PATH}/${factorId}/removal`;
}

function noSuchMethod(): PageError {
  return new PageError(
    404,
    'invalid_request',
    'There is no such way to sign in to your account. Nothing was done.',
    'a factor that is not of the account that asks',
  );
}
