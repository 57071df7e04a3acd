/** The page on which a person allows a client what it asks for, or does not. */
import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { InvalidRequestError } from '@keyward/oauth';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AuditTrail } from '../audit/audit.trail.js';
import { AuthorizationDetailsDescriber } from '../authorization-details/authorization-details.describer.js';
import { type Client } from '../client/client.js';
import { ConsentStore } from '../consent/consent.store.js';
import { originOf, type RequestOrigin } from '../http/request.origin.js';
import { seeOther } from '../http/see-other.js';
import { type StrangerOnPage } from '../views/interaction.pages.js';
import { PageRenderer } from '../views/page.renderer.js';
import { BrowserCookie } from './browser.cookie.js';
import { InteractionForm } from './interaction.form.js';
import { consentPath, continuePath, signInPath } from './interaction.paths.js';
import { InteractionStore } from './interaction.store.js';
import { type Interaction } from './interaction.js';
import { OpenInteractions } from './open.interaction.js';
import { PermissionDescriber } from './permission.describer.js';
import { type SignedInAccount, SignedInAccounts } from './signed-in.account.js';

@Controller('interaction/:id/consent')
export class ConsentController {
  constructor(
    private readonly open: OpenInteractions,
    private readonly signedIn: SignedInAccounts,
    private readonly permissions: PermissionDescriber,
    private readonly details: AuthorizationDetailsDescriber,
    private readonly forms: InteractionForm,
    private readonly browsers: BrowserCookie,
    private readonly interactions: InteractionStore,
    private readonly consents: ConsentStore,
    private readonly audit: AuditTrail,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const { interaction, client } = await this.open.find(request, id);
    if (interaction.ownPage !== undefined) return seeOther(reply, continuePath(id));
    const signedIn = await this.signedIn.find(request);
    if (signedIn === null) return seeOther(reply, signInPath(id));
    this.pages.consent(reply, {
      client,
      account: signedIn.account,
      permissions: await this.permissions.describe(interaction.request),
      details: await this.details.describe(interaction.request.authorizationDetails),
      action: consentPath(id),
      formToken: this.browsers.formToken(request, reply, formContext(interaction, signedIn)),
      redirectUri: interaction.request.redirectUri,
      stranger: strangerOf(client),
    });
  }

  @Post()
  async decide(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const { interaction } = await this.open.find(request, id);
    // There is no client to allow anything.
    if (interaction.ownPage !== undefined) return seeOther(reply, continuePath(id));
    const signedIn = await this.signedIn.find(request);
    if (signedIn === null) return seeOther(reply, signInPath(id));
    const form = this.forms.read(request, interaction, formContext(interaction, signedIn));
    const allowed = decisionOf(form.required('decision'));
    await this.record(originOf(request), interaction, signedIn, allowed);
    seeOther(reply, continuePath(id));
  }

  private async record(
    origin: RequestOrigin,
    interaction: Interaction,
    { account: { accountId }, session: { sid } }: SignedInAccount,
    allowed: boolean,
  ): Promise<void> {
    const { clientId, scope, resources, authorizationDetails } = interaction.request;
    // Remembered first: after a failure in between the person is asked again, and nothing is lost.
    if (allowed) {
      await this.consents.allow({ accountId, clientId, scope, resources, authorizationDetails });
    }
    await this.interactions.save({ ...interaction, consent: { accountId, allowed } });
    this.audit.record({
      origin,
      type: 'consent.decided',
      outcome: allowed ? 'success' : 'failure',
      reason: allowed ? 'allowed by the person' : 'denied by the person',
      accountId,
      clientId,
      sid,
      detail: {
        scope: scope.join(' '),
        resources: resources.join(' '),
        authorization_details: authorizationDetails.map(({ type }) => type).join(' '),
      },
    });
  }
}

function strangerOf({ source, clientId }: Client): StrangerOnPage | null {
  if (source === 'document') return { host: new URL(clientId).host };
  return source === 'registration' ? { host: null } : null;
}

// The account is what was on the page: nobody consents for whoever signed in in another tab since.
function formContext({ interactionId }: Interaction, { account }: SignedInAccount): string {
  return `consent ${interactionId} ${account.accountId}`;
}

function decisionOf(decision: string): boolean {
  if (decision === 'allow') return true;
  if (decision === 'deny') return false;
  throw new InvalidRequestError('the decision is allow or deny');
}
