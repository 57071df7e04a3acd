/** Sends a person to a provider, and takes them back. */
import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { FormParameters } from '../http/form.parser.js';
import { PageError } from '../http/page.error.js';
import { seeOther } from '../http/see-other.js';
import { InteractionForm } from '../interaction/interaction.form.js';
import { signInPath } from '../interaction/interaction.paths.js';
import { OpenInteractions } from '../interaction/open.interaction.js';
import { type UpstreamProblem } from '../views/interaction.pages.js';
import { UpstreamCallback } from './upstream.callback.js';
import { UpstreamClient } from './upstream.client.js';
import { demandsOf } from './upstream.demands.js';
import { UpstreamUnavailableError } from './upstream.error.js';
import { UpstreamOffers } from './upstream.offers.js';
import { upstreamFormContext } from './upstream.paths.js';
import { UpstreamStates } from './upstream.states.js';

@Controller()
export class UpstreamController {
  constructor(
    private readonly open: OpenInteractions,
    private readonly forms: InteractionForm,
    private readonly offers: UpstreamOffers,
    private readonly states: UpstreamStates,
    private readonly client: UpstreamClient,
    private readonly callbacks: UpstreamCallback,
  ) {}

  @Post('interaction/:id/upstream/:upstreamId')
  async begin(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') interactionId: string,
    @Param('upstreamId') upstreamId: string,
  ): Promise<void> {
    const opened = await this.open.find(request, interactionId);
    this.forms.read(request, opened.interaction, upstreamFormContext(interactionId));
    const upstream = await this.offers.find(opened.client, upstreamId);
    if (upstream === null) return seeOther(reply, problemPath(interactionId, 'upstream-failed'));
    const { parameters, authenticatedSinceMs } = demandsOf(opened, upstream, Date.now());
    const toKeep = { interactionId, authenticatedSinceMs };
    const secrets = await this.states.begin(request, upstreamId, toKeep);
    try {
      const url = await this.client.authorizationUrl(upstream, secrets, parameters);
      seeOther(reply, url.href);
    } catch (error) {
      if (!(error instanceof UpstreamUnavailableError)) throw error;
      seeOther(reply, problemPath(interactionId, 'upstream-unavailable'));
    }
  }

  /** @see RFC 6749 section 4.1.2, RFC 9207 section 2 */
  @Get('upstream/callback/:upstreamId')
  async callback(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('upstreamId') upstreamId: string,
  ): Promise<void> {
    const query = request.url.slice(request.url.indexOf('?') + 1);
    const state = FormParameters.parse(query).single('state') ?? '';
    const claim = await this.states.claim(request, upstreamId, state);
    const secrets = this.states.secretsOf(request, upstreamId, state);
    if (claim.outcome !== 'claimed' || secrets === null) {
      this.callbacks.recordStray(request, upstreamId, claim.outcome);
      throw startAgain(claim.outcome);
    }
    const { interactionId, authenticatedSinceMs } = claim.request;
    const [opened, upstream] = await this.find(request, interactionId, upstreamId).catch(
      async (error: unknown) => {
        // Nothing came of it yet: the same answer may be tried again.
        if (error instanceof TemporarilyUnavailableError) await this.states.release(state);
        throw error;
      },
    );
    const answer = { query, secrets, authenticatedSinceMs };
    const result = await this.callbacks.take(opened, upstream, answer, { request, reply });
    seeOther(reply, 'path' in result ? result.path : problemPath(interactionId, result.problem));
  }

  private async find(request: FastifyRequest, interactionId: string, upstreamId: string) {
    const opened = await this.open.find(request, interactionId);
    return [opened, await this.offers.find(opened.client, upstreamId)] as const;
  }
}

function problemPath(interactionId: string, problem: UpstreamProblem): string {
  return `${signInPath(interactionId)}?problem=${problem}`;
}

function startAgain(reason: string): PageError {
  return new PageError(
    400,
    'invalid_request',
    'This answer was used before, came too late, or was meant for another browser. Nobody was signed ' +
      'in by it. Start again at the application that you came from.',
    `upstream: the state is ${reason}`,
  );
}
