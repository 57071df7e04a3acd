/** Sends the browser on: to the client with an answer, or to a page of this server. */
import { Inject, Injectable, Logger } from '@nestjs/common';
import { OAuthError } from '@keyward/oauth';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AuditTrail } from '../audit/audit.trail.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { PageError } from '../http/page.error.js';
import { originOf } from '../http/request.origin.js';
import { seeOther } from '../http/see-other.js';
import { PageRenderer } from '../views/page.renderer.js';
import { type Recipient } from './authorization-request.checker.js';

/** Parameters of an authorization response, but for `state` and `iss`. */
type ResponseParameters =
  { readonly code: string } | { readonly error: string; readonly error_description: string };

/** A request, and where its answer goes. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

@Injectable()
export class AuthorizationResponder {
  private readonly logger = new Logger('Authorization');

  constructor(
    private readonly pages: PageRenderer,
    private readonly audit: AuditTrail,
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
  ) {}

  /** @see RFC 6749 section 4.1.2, RFC 9207 section 2 */
  grant(reply: FastifyReply, recipient: Recipient, code: string): void {
    this.send(reply, recipient, { code });
  }

  /**
   * Tells the client why not.
   * @see RFC 6749 section 4.1.2.1, OpenID Connect Core 1.0 section 3.1.2.6
   */
  refuse({ request, reply }: Exchange, recipient: Recipient, error: unknown): void {
    const refusal = asOAuthError(error);
    const { code, description } = refusal;
    const reference = this.audit.record({
      origin: originOf(request),
      type: 'authorization.refused',
      outcome: 'failure',
      reason: reasonOf(refusal),
      clientId: recipient.client.clientId,
    });
    if (code === 'server_error') this.logUnexpected(error, reference);
    this.send(reply, recipient, { error: code, error_description: description });
  }

  /** Records a refusal that no client may be told of; a page says so, with the id of the request. */
  recordRefusal(request: FastifyRequest, error: unknown): void {
    const reason = error instanceof PageError ? error.message : reasonOf(asOAuthError(error));
    const origin = originOf(request);
    this.audit.record({ origin, type: 'authorization.refused', outcome: 'failure', reason });
  }

  /** To another page, here or at the client; nothing of the address here is told to it. */
  goTo(reply: FastifyReply, path: string): void {
    void reply.header('referrer-policy', 'no-referrer');
    seeOther(reply, path);
  }

  private send(reply: FastifyReply, recipient: Recipient, answer: ResponseParameters): void {
    const parameters: Record<string, string> = {
      ...answer,
      ...(recipient.state === null ? {} : { state: recipient.state }),
      iss: this.server.issuer,
    };
    const { redirectUri, client } = recipient;
    if (recipient.responseMode === 'form_post') {
      this.pages.formPost(reply, { redirectUri, parameters, client });
    } else {
      this.goTo(reply, withQuery(redirectUri, parameters));
    }
  }

  private logUnexpected(error: unknown, reference: string): void {
    const stack = error instanceof Error ? error.stack : String(error);
    this.logger.error(`server_error ${reference} at the authorization endpoint`, stack);
  }
}

type Refusal = Pick<OAuthError, 'code' | 'description' | 'reason'>;

/** An error that nobody foresaw tells the client nothing. */
function asOAuthError(error: unknown): Refusal {
  if (error instanceof OAuthError) return error;
  const reason = error instanceof Error ? error.name : typeof error;
  return { code: 'server_error', description: 'an unexpected error', reason };
}

function reasonOf({ code, reason }: Refusal): string {
  return `${code}: ${reason}`;
}

// The registered text stays as it is: nothing is parsed and written anew.
function withQuery(redirectUri: string, parameters: Record<string, string>): string {
  const separator = /[?&]$/.test(redirectUri) ? '' : redirectUri.includes('?') ? '&' : '?';
  return `${redirectUri}${separator}${new URLSearchParams(parameters).toString()}`;
}
