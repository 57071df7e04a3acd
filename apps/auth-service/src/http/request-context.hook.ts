/** Gives each request its correlation id and makes it known to whatever runs for the request. */
import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { clientAddressOf } from './client.address.js';
import { type RequestContext } from './request.context.js';

// Anything else could forge a line of the log, or fill it.
const WELL_FORMED = /^[\w.-]{1,64}$/;

/** Fastify's `genReqId`: the id that the caller sent in `x-request-id`, or a new one. */
export function correlationIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const sent = headers['x-request-id'];
  return typeof sent === 'string' && WELL_FORMED.test(sent) ? sent : randomUUID();
}

/**
 * Fastify's `onRequest` hook, and again `preValidation`: the events of a body that arrives belong
 * to the connection, and may have lost the context that the first one gave.
 */
export function requestContextHook(
  context: RequestContext,
): (request: FastifyRequest, reply: FastifyReply, done: () => void) => void {
  return (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    const origin = { correlationId: request.id, address: clientAddressOf(request) };
    const { current } = context;
    if (current?.correlationId === origin.correlationId && current.address === origin.address) {
      done();
      return;
    }
    context.run(origin, done);
  };
}
