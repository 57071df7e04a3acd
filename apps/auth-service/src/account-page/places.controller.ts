/** The page on which people see where they are signed in, and end it. */
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type AllowedApplication } from '../grant/allowed-application.store.js';
import { PageError } from '../http/page.error.js';
import { AccountAccess, type Visitor } from './account.access.js';
import { AccountForm } from './account.form.js';
import { type Notice } from './account.notices.js';
import { AccountPages } from './account.pages.js';
import { ACCOUNT_PATHS } from './account.paths.js';
import { describeDevice } from './device.description.js';
import { timesFor } from './local.time.js';
import { type Place, SignedInPlaces } from './signed-in.places.js';

const PATH = ACCOUNT_PATHS.places;

@Controller(PATH)
export class PlacesController {
  constructor(
    private readonly access: AccountAccess,
    private readonly forms: AccountForm,
    private readonly pages: AccountPages,
    private readonly places: SignedInPlaces,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH);
    if (visitor === null) return;
    const { places, lasting } = await this.places.find(visitor);
    const timeOf = timesFor(visitor.account);
    const application = ({ clientId, name, since }: AllowedApplication) => ({
      clientId,
      name,
      since: timeOf(since),
    });
    const place = ({ session, isHere, applications }: Place) => ({
      sid: session.sid,
      isHere,
      device: describeDevice(session.userAgent),
      address: session.address,
      signedIn: timeOf(session.authenticatedAt),
      lastSeen: timeOf(session.lastUsedAt),
      applications: applications.map(application),
    });
    this.pages.show(visitor, {
      template: 'account-places',
      section: 'places',
      model: {
        action: PATH,
        formToken: this.forms.token(visitor, PATH),
        places: places.map(place),
        lasting: lasting.map(application),
      },
    });
  }

  @Post('end')
  async end(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH);
    if (visitor === null) return;
    const sid = this.forms.read(visitor, PATH).required('sid');
    this.answer(visitor, await this.places.end(visitor, sid), 'place-ended');
  }

  @Post('end-others')
  async endOthers(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH);
    if (visitor === null) return;
    this.forms.read(visitor, PATH);
    await this.places.endOthers(visitor);
    this.answer(visitor, true, 'other-places-ended');
  }

  @Post('end-application')
  async endApplication(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH);
    if (visitor === null) return;
    const clientId = this.forms.read(visitor, PATH).required('client_id');
    const isDone = await this.places.endApplication(visitor, clientId);
    this.answer(visitor, isDone, 'application-ended');
  }

  private answer(visitor: Visitor, isDone: boolean, notice: Notice): void {
    if (isDone) return this.pages.goBack(visitor, PATH, notice);
    throw new PageError(
      404,
      'invalid_request',
      'There is no such entry in your account. Nothing was done.',
      'a session or an application that is not of the account that asks',
    );
  }
}
