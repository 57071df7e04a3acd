/** Answers what fails before routing, a malformed URL above all, in the form of every other error. */
import { type ErrorResponse } from '@keyward/oauth';
import { type FastifyReply, type FastifyRequest } from 'fastify';

/** Fastify's `frameworkErrors`: no exception filter sees these. */
export function answerFrameworkError(
  error: { readonly statusCode?: number },
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const body: ErrorResponse = {
    error: 'invalid_request',
    error_description: 'the request is malformed',
  };
  void reply
    .status(error.statusCode ?? 400)
    .header('cache-control', 'no-store')
    .header('x-request-id', request.id)
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify(body));
}
