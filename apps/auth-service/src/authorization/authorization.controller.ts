/** The authorization endpoint (RFC 6749 section 3.1, OpenID Connect Core 1.0 section 3.1.2). */
import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { InvalidRequestError } from '@keyward/oauth';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { FormParameters } from '../http/form.parser.js';
import { PageError } from '../http/page.error.js';
import { originOf, type RequestOrigin } from '../http/request.origin.js';
import { BrowserCookie } from '../interaction/browser.cookie.js';
import { InteractionStore } from '../interaction/interaction.store.js';
import { AlreadyAnsweredError } from './authorization.error.js';
import { AuthorizationHandler } from './authorization.handler.js';
import { AuthorizationResponder, type Exchange } from './authorization.responder.js';
import {
  AUTHORIZATION_PARAMETERS,
  readAuthorizationParameter,
} from './authorization-parameters.parser.js';
import { type AuthorizationRequest } from './authorization-request.js';
import { AuthorizationRequestChecker, type Recipient } from './authorization-request.checker.js';
import { checkRedirectUri } from './checks/redirect-uri.check.js';
import { PushedRequestStore, REQUEST_URI_PREFIX } from './pushed-request.store.js';

// Browsers, proxies and servers in between are sure to take as much; many take no more.
const MAX_LOCATION_LENGTH = 8000;

const INTERACTION_ID = /^[\w-]{22}$/;

@Controller(ENDPOINT_PATHS.authorization)
export class AuthorizationController {
  constructor(
    private readonly checker: AuthorizationRequestChecker,
    private readonly pushedRequests: PushedRequestStore,
    private readonly interactions: InteractionStore,
    private readonly browser: BrowserCookie,
    private readonly handler: AuthorizationHandler,
    private readonly responder: AuthorizationResponder,
  ) {}

  @Get()
  async authorize(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.answering({ request, reply }, async (trust) => {
      const form = FormParameters.parse(queryOf(request));
      const pushed = await this.findPushed(form);
      const recipient = trust(
        pushed === null
          ? await this.checker.findRecipient(form, originOf(request))
          : await this.recipientOf(pushed, originOf(request)),
      );
      const checked = pushed ?? (await this.checker.check(recipient, form, false));
      await this.handler.handle({
        request: checked,
        recipient,
        interaction: null,
        http: { request, reply },
      });
    });
  }

  /**
   * A form that another site posts brings no cookie of this one (SameSite=Lax): the browser is sent
   * to ask again by GET. A request that is too long for a URL has to be pushed.
   * @see OpenID Connect Core 1.0 section 3.1.2.1
   */
  @Post()
  authorizeByForm(@Body() body: unknown, @Res() reply: FastifyReply): void {
    const form = FormParameters.parse(body);
    // What is not a parameter of this endpoint, a client_secret say, comes into no URL.
    const parameters = AUTHORIZATION_PARAMETERS.flatMap((name) =>
      form.all(name).map((value): [string, string] => [name, value]),
    );
    const location = `${ENDPOINT_PATHS.authorization}?${new URLSearchParams(parameters).toString()}`;
    if (location.length > MAX_LOCATION_LENGTH) {
      throw new InvalidRequestError('the request is too long for a URL and must be pushed');
    }
    this.responder.goTo(reply, location);
  }

  /** Goes on, after a page, in the browser that began it and in no other. */
  @Get(':interactionId')
  async continue(
    @Param('interactionId') interactionId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.answering({ request, reply }, async (trust) => {
      const interaction = INTERACTION_ID.test(interactionId)
        ? await this.interactions.find(interactionId)
        : null;
      if (interaction === null || interaction.browserSha256 !== this.browser.find(request)) {
        throw new AlreadyAnsweredError('there is no such interaction in this browser');
      }
      // The page decides itself whether what it asked for is there now.
      if (interaction.ownPage !== undefined) {
        return this.responder.goTo(reply, interaction.ownPage);
      }
      const recipient = trust(await this.recipientOf(interaction.request, originOf(request)));
      await this.handler.handle({
        request: interaction.request,
        recipient,
        interaction,
        http: { request, reply },
      });
    });
  }

  /**
   * Whatever goes wrong is told to the client as soon as `work` trusts one, and on a page before
   * that, which the exception filter sends.
   */
  private async answering(
    exchange: Exchange,
    work: (trust: (recipient: Recipient) => Recipient) => Promise<void>,
  ): Promise<void> {
    let trusted: Recipient | null = null;
    try {
      await work((recipient) => (trusted = recipient));
    } catch (error) {
      if (trusted !== null && !(error instanceof PageError)) {
        return this.responder.refuse(exchange, trusted, error);
      }
      this.responder.recordRefusal(exchange.request, error);
      throw error;
    }
  }

  /** @returns null where the request names no pushed one; beside one nothing else counts */
  private async findPushed(form: FormParameters): Promise<AuthorizationRequest | null> {
    const requestUri = readAuthorizationParameter(form, 'request_uri');
    if (requestUri === null || !requestUri.startsWith(REQUEST_URI_PREFIX)) return null;
    const clientId = readAuthorizationParameter(form, 'client_id');
    const pushed = await this.pushedRequests.find(requestUri, clientId);
    if (pushed === null) throw new AlreadyAnsweredError('there is no such pushed request');
    return pushed;
  }

  /** Asked again: the client may have been disabled, or have lost its redirect_uri, since. */
  private async recipientOf(
    request: AuthorizationRequest,
    origin: RequestOrigin,
  ): Promise<Recipient> {
    const client = await this.checker.findClient(request.clientId, origin);
    return { ...request, client, redirectUri: checkRedirectUri(client, request.redirectUri) };
  }
}

function queryOf({ url }: FastifyRequest): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}
