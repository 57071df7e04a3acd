/** Answers what fails before routing, a malformed URL above all, in the form of every other error. */
import { type ErrorResponse } from '@keyward/oauth';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { securityHeaders } from './security.headers.js';

/** Fastify's `frameworkErrors`: no exception filter and no hook sees these. */
export function frameworkErrorHandler(issuer: string) {
  const headers = securityHeaders(issuer);
  return (
    error: { readonly statusCode?: number },
    request: FastifyRequest,
    reply: FastifyReply,
  ): void => {
    const body: ErrorResponse = {
      error: 'invalid_request',
      error_description: 'the request is malformed',
    };
    void reply
      .status(error.statusCode ?? 400)
      .headers(headers)
      .header('x-request-id', request.id)
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify(body));
  };
}
