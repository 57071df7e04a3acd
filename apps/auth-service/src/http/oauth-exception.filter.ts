/** Turns whatever goes wrong into the JSON of RFC 6749, and tells the reason to the log alone. */
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
import { type FastifyReply, type FastifyRequest } from 'fastify';

/** The protection space of client authentication. */
export const REALM = 'keyward';

const HTTP_DESCRIPTIONS: Readonly<Record<number, string>> = {
  404: 'there is no such endpoint',
  405: 'the endpoint does not answer this method',
  413: 'the body is larger than the limit',
  415: 'the body must be application/x-www-form-urlencoded',
};

const METHODS = ['GET', 'POST'] as const;

/**
 * The one place where an answer that is not a success is made.
 * @see RFC 6749 section 5.2
 */
@Catch()
export class OAuthExceptionFilter implements ExceptionFilter {
  private readonly logger = new Logger('Refusal');

  catch(exception: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (exception instanceof OAuthError) this.answerProtocolError(exception, request, reply);
    else if (exception instanceof HttpException) this.answerHttpError(exception, request, reply);
    else this.answerUnknown(exception, request, reply);
  }

  private answerProtocolError(error: OAuthError, request: FastifyRequest, reply: FastifyReply) {
    this.logger.warn(`${error.code} at ${pathOf(request)}: ${error.reason}`);
    if (error instanceof InvalidClientError) {
      void reply.header('www-authenticate', `Basic realm="${REALM}", charset="UTF-8"`);
    }
    if (error instanceof TemporarilyUnavailableError) {
      void reply.header('retry-after', String(error.retryAfterSeconds));
    }
    send(reply, error.status, error.toResponse());
  }

  private answerHttpError(error: HttpException, request: FastifyRequest, reply: FastifyReply) {
    let status = error.getStatus();
    if (status === 404) {
      const allowed = METHODS.filter((method) =>
        request.server.hasRoute({ method, url: pathOf(request) }),
      );
      if (allowed.length > 0) {
        status = 405;
        void reply.header('allow', allowed.join(', '));
      }
    }
    if (status >= 500) return this.answerUnknown(error, request, reply);
    this.logger.warn(`HTTP ${status} at ${pathOf(request)}`);
    send(reply, status, {
      error: 'invalid_request',
      error_description: HTTP_DESCRIPTIONS[status] ?? 'the request is malformed',
    });
  }

  private answerUnknown(exception: unknown, request: FastifyRequest, reply: FastifyReply) {
    const reference = randomUUID();
    const stack = exception instanceof Error ? exception.stack : String(exception);
    this.logger.error(`server_error ${reference} at ${pathOf(request)}`, stack);
    send(reply, 500, {
      error: 'server_error',
      error_description: `an unexpected error, reference ${reference}`,
    });
  }
}

// A query is never logged: a client may have put a secret there by mistake.
function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

function send(reply: FastifyReply, status: number, body: ErrorResponse): void {
  void reply
    .status(status)
    .header('cache-control', 'no-store')
    .header('pragma', 'no-cache')
    .header('content-type', 'application/json; charset=utf-8')
    .send(body);
}
