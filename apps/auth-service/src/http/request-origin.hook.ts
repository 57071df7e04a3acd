/** Gives each request its correlation id and its origin, before anything else looks at it. */
import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { type FastifyInstance } from 'fastify';
import { originOf, REQUEST_ORIGIN_DECORATION } from './request.origin.js';

// Anything else could forge a line of the log, or fill it.
const WELL_FORMED = /^[\w.-]{1,64}$/;

/** Fastify's `genReqId`: the id that the caller sent in `x-request-id`, or a new one. */
export function correlationIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const sent = headers['x-request-id'];
  return typeof sent === 'string' && WELL_FORMED.test(sent) ? sent : randomUUID();
}

/** Adds the hook, ahead of every other one. */
export function addRequestOriginHook(fastify: FastifyInstance): void {
  fastify.decorateRequest(REQUEST_ORIGIN_DECORATION, null);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', originOf(request).correlationId);
    done();
  });
}
