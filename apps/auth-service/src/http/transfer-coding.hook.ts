/** Refuses a body whose end this server and a proxy in front of it could see in different places. */
import { type ErrorResponse } from '@keyward/oauth';
import { type FastifyInstance } from 'fastify';

/**
 * Node's parser refuses two lengths, and a length beside chunks. A coding that it does not know it takes
 * for no body at all: such a request is refused, and the connection with it.
 * @see RFC 9112 sections 6.1 and 11.2
 */
export function addTransferCodingHook(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const coding = request.headers['transfer-encoding'];
    if (coding === undefined || coding.toLowerCase() === 'chunked') return done();
    const body: ErrorResponse = {
      error: 'invalid_request',
      error_description: 'the transfer coding is not supported',
    };
    void reply.status(501).header('connection', 'close').send(body);
  });
}
