/** Refuses a request whose URL is too long, or that has too many headers, before anybody reads either. */
import { HttpException } from '@nestjs/common';
import { type FastifyInstance } from 'fastify';
import { MAX_HEADERS, MAX_URL_LENGTH } from './server.limits.js';

/**
 * Adds the hook.
 * @see RFC 9110 section 15.5.15 (414), RFC 6585 section 5 (431)
 */
export function addRequestSizeHook(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    // Names and values stand one behind the other.
    if (request.raw.rawHeaders.length > MAX_HEADERS * 2) done(new HttpException('headers', 431));
    else if (request.url.length > MAX_URL_LENGTH) done(new HttpException('url', 414));
    else done();
  });
}
