/** Turns whatever goes wrong into the JSON of RFC 6749 or a page, and tells the reason to the log alone. */
import { randomUUID } from 'node:crypto';
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Logger,
} from '@nestjs/common';
import {
  type ErrorResponse,
  InvalidClientError,
  OAuthError,
  TemporarilyUnavailableError,
} from '@keyward/oauth';
import { UNMATCHED } from '@keyward/observability';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { TooManyRequestsError } from '../limits/too-many-requests.error.js';
import { ServerCounts } from '../observability/server.counts.js';
import { type ErrorPage, PageRenderer } from '../views/page.renderer.js';
import { errorPageOf, sendErrorPage } from './error-page.js';
import { PageError } from './page.error.js';
import { isPageRoute } from './page-routes.js';

/** The protection space of client authentication. */
export const REALM = 'keyward';

const HTTP_DESCRIPTIONS: Readonly<Record<number, string>> = {
  404: 'there is no such endpoint',
  405: 'the endpoint does not answer this method',
  413: 'the body is larger than the limit',
  414: 'the URL is longer than the limit',
  415: 'the body must be application/x-www-form-urlencoded',
  431: 'there are more headers than the limit',
};

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/**
 * The one place where an answer that is not a success is made: JSON for a client, a page where a
 * person looks on.
 * @see RFC 6749 section 5.2
 */
@Catch()
export class OAuthExceptionFilter implements ExceptionFilter {
  private readonly logger = new Logger('Refusal');

  constructor(
    private readonly pages: PageRenderer,
    private readonly counts: ServerCounts,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (exception instanceof PageError) this.answerPageError(exception, request, reply);
    else if (exception instanceof OAuthError) this.answerProtocolError(exception, request, reply);
    else if (exception instanceof HttpException) this.answerHttpError(exception, request, reply);
    else this.answerUnknown(exception, request, reply);
  }

  private answerPageError(error: PageError, request: FastifyRequest, reply: FastifyReply) {
    this.tell(request, error.code, `${error.code} at ${placeOf(request)}: ${error.message}`);
    const { status, code, description: message } = error;
    this.counts.refusals.add(routeOf(request), code, String(status));
    this.show(reply, { status, code, message, reference: request.id });
  }

  private answerProtocolError(error: OAuthError, request: FastifyRequest, reply: FastifyReply) {
    if (!error.isReported) {
      this.tell(request, error.code, `${error.code} at ${placeOf(request)}: ${error.reason}`);
    }
    this.counts.refusals.add(routeOf(request), error.code, String(error.status));
    if (error instanceof InvalidClientError) {
      void reply.header('www-authenticate', `Basic realm="${REALM}", charset="UTF-8"`);
    }
    if (error instanceof TooManyRequestsError) void reply.headers(error.headers);
    if (error instanceof TemporarilyUnavailableError) {
      void reply.header('retry-after', String(error.retryAfterSeconds));
    }
    this.send(request, reply, error.status, error.toResponse());
  }

  private answerHttpError(error: HttpException, request: FastifyRequest, reply: FastifyReply) {
    let status = error.getStatus();
    if (status === 404) {
      const allowed = methodsAt(request);
      // A handler that says so itself is not there, whatever its route takes.
      if (allowed.length > 0 && !allowed.some((method) => method === methodOf(request))) {
        status = 405;
        void reply.header('allow', allowed.join(', '));
      }
    }
    if (status >= 500) return this.answerUnknown(error, request, reply);
    this.counts.refusals.add(routeOf(request), `http_${status}`, String(status));
    this.tell(request, `http_${status}`, `HTTP ${status} at ${placeOf(request)}`);
    this.send(request, reply, status, {
      error: 'invalid_request',
      error_description: HTTP_DESCRIPTIONS[status] ?? 'the request is malformed',
    });
  }

  private answerUnknown(exception: unknown, request: FastifyRequest, reply: FastifyReply) {
    const reference = isPageRoute(pathOf(request)) ? request.id : randomUUID();
    this.counts.refusals.add(routeOf(request), 'server_error', '500');
    const stack = exception instanceof Error ? exception.stack : String(exception);
    this.logger.error(`server_error ${reference} at ${placeOf(request)}`, stack);
    this.send(request, reply, 500, {
      error: 'server_error',
      error_description: `an unexpected error, reference ${reference}`,
    });
  }

  private send(request: FastifyRequest, reply: FastifyReply, status: number, body: ErrorResponse) {
    if (isPageRoute(pathOf(request))) {
      this.show(reply, errorPageOf(status, body, request.id));
      return;
    }
    void reply
      .status(status)
      .header('cache-control', 'no-store')
      .header('pragma', 'no-cache')
      .header('content-type', 'application/json; charset=utf-8')
      .send(body);
  }

  /** The line for a person, and its parts for a machine. */
  private tell(request: FastifyRequest, error: string, message: string): void {
    const { id: request_id } = request;
    this.logger.warn({ message, error, endpoint: routeOf(request), request_id });
  }

  private show(reply: FastifyReply, page: ErrorPage) {
    sendErrorPage(this.pages, reply, page, (error) =>
      this.logger.error('the template error.html failed', error),
    );
  }
}

// `hasRoute` takes a pattern, and throws at one that no route can have: a path that reads as one is not asked for.
function methodsAt(request: FastifyRequest): readonly string[] {
  const url = pathOf(request);
  return /[*:]/.test(url)
    ? []
    : METHODS.filter((method) => request.server.hasRoute({ method, url }));
}

// A HEAD is answered as the GET that it stands for (RFC 9110 section 9.3.2).
function methodOf({ method }: FastifyRequest): string {
  return method === 'HEAD' ? 'GET' : method;
}

// A query is never logged: a client may have put a secret there by mistake.
function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

// The template: what was asked for is any text, and there must be no more labels than routes.
function routeOf(request: FastifyRequest): string {
  return request.is404 ? UNMATCHED : (request.routeOptions.url ?? UNMATCHED);
}

// The id is in the audit record too, in the answer's x-request-id, and on the page that a person sees.
function placeOf(request: FastifyRequest): string {
  return `${knownPathOf(request)}, request ${request.id}`;
}

// What leads nowhere is any text, and somebody may have pasted a token there.
function knownPathOf(request: FastifyRequest): string {
  const url = pathOf(request);
  return !request.is404 || methodsAt(request).length > 0 ? url : UNMATCHED;
}
