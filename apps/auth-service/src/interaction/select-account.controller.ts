/** The page on which a person chooses the account to go on with (OpenID Connect Core 1.0 section 3.1.2.1). */
import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { InvalidRequestError } from '@keyward/oauth';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { seeOther } from '../http/see-other.js';
import { PageRenderer } from '../views/page.renderer.js';
import { BrowserCookie } from './browser.cookie.js';
import { InteractionForm } from './interaction.form.js';
import { continuePath, selectAccountPath, signInPath } from './interaction.paths.js';
import { InteractionStore } from './interaction.store.js';
import { type Interaction } from './interaction.js';
import { OpenInteractions } from './open.interaction.js';
import { SignedInAccounts } from './signed-in.account.js';

@Controller('interaction/:id/account')
export class SelectAccountController {
  constructor(
    private readonly open: OpenInteractions,
    private readonly signedIn: SignedInAccounts,
    private readonly forms: InteractionForm,
    private readonly browsers: BrowserCookie,
    private readonly interactions: InteractionStore,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const { interaction, client } = await this.open.find(request, id);
    const signedIn = await this.signedIn.find(request);
    if (signedIn === null) return seeOther(reply, signInPath(id));
    const context = formContext(interaction, signedIn.session.sid);
    this.pages.selectAccount(reply, {
      client,
      account: signedIn.account,
      action: selectAccountPath(id),
      formToken: this.browsers.formToken(request, reply, context),
      redirectUri: interaction.request.redirectUri,
    });
  }

  @Post()
  async select(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const { interaction } = await this.open.find(request, id);
    const signedIn = await this.signedIn.find(request);
    if (signedIn === null) return seeOther(reply, signInPath(id));
    const { sid } = signedIn.session;
    const form = this.forms.read(request, interaction, formContext(interaction, sid));
    switch (form.required('choice')) {
      case 'continue':
        await this.interactions.save({ ...interaction, selectedSid: sid });
        return seeOther(reply, continuePath(id));
      case 'another':
        return seeOther(reply, signInPath(id));
      default:
        throw new InvalidRequestError('the choice is continue or another');
    }
  }
}

// The session is what was on the page: a choice made before another sign-in is none of that one's.
function formContext({ interactionId }: Interaction, sid: string): string {
  return `account ${interactionId} ${sid}`;
}
