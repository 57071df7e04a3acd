/** The page that asks whether an account is linked to someone at a provider. */
import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AccountStore } from '../account/account.store.js';
import { seeOther } from '../http/see-other.js';
import { BrowserCookie } from '../interaction/browser.cookie.js';
import { InteractionForm } from '../interaction/interaction.form.js';
import { signInPath } from '../interaction/interaction.paths.js';
import { InteractionStore } from '../interaction/interaction.store.js';
import { type OpenInteraction, OpenInteractions } from '../interaction/open.interaction.js';
import { PageRenderer } from '../views/page.renderer.js';
import { currentLink, type PendingLink } from './pending.link.js';
import { linkPath } from './upstream.paths.js';

@Controller('interaction/:id/link')
export class LinkController {
  constructor(
    private readonly open: OpenInteractions,
    private readonly forms: InteractionForm,
    private readonly browsers: BrowserCookie,
    private readonly interactions: InteractionStore,
    private readonly accounts: AccountStore,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const opened = await this.open.find(request, id);
    const link = currentLink(opened.interaction, Date.now());
    if (link === null) return seeOther(reply, signInPath(id));
    await this.render(request, reply, opened, link);
  }

  /** Nothing is linked by it: that takes the owner's sign-in. */
  @Post()
  async decide(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const opened = await this.open.find(request, id);
    const { interaction } = opened;
    const link = currentLink(interaction, Date.now());
    if (link === null) return seeOther(reply, signInPath(id));
    const decision = this.forms
      .read(request, interaction, formContext(id, link))
      .single('decision');
    if (decision !== 'connect' && decision !== 'decline') {
      return this.render(request, reply, opened, link);
    }
    const decided = decision === 'connect' ? { ...link, isWanted: true } : null;
    await this.interactions.save({ ...interaction, link: decided });
    seeOther(reply, signInPath(id));
  }

  private async render(
    request: FastifyRequest,
    reply: FastifyReply,
    { interaction, client }: OpenInteraction,
    link: PendingLink,
  ): Promise<void> {
    const { interactionId, request: asked } = interaction;
    const account = await this.accounts.find(link.accountId);
    if (account === null) return seeOther(reply, signInPath(interactionId));
    this.pages.linkAccount(reply, {
      client,
      action: linkPath(interactionId),
      formToken: this.browsers.formToken(request, reply, formContext(interactionId, link)),
      redirectUri: asked.redirectUri,
      account,
      upstreamName: link.upstreamName,
      email: link.email,
    });
  }
}

// A form about one person at a provider says nothing about another one.
function formContext(interactionId: string, { upstreamId, provenAtMs }: PendingLink): string {
  return `link ${interactionId} ${upstreamId} ${provenAtMs}`;
}
