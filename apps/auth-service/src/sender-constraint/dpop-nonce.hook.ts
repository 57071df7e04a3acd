/** Sends a nonce for the client's next DPoP proof, whatever the answer is (RFC 9449 section 8.2). */
import { type FastifyInstance, type FastifyRequest } from 'fastify';

// Beside the request: who checks the proof has no hold on the answer, which may be an error.
const nonces = new WeakMap<FastifyRequest, string>();

/** Lets the answer to a request bring this nonce along. */
export function offerNonce(request: FastifyRequest, nonce: string): void {
  nonces.set(request, nonce);
}

/** The nonce that the answer to a request is to bring along; undefined where there is none. */
export function offeredNonce(request: FastifyRequest): string | undefined {
  return nonces.get(request);
}

/** Adds the hook. Answers with a nonce are `no-store` by their endpoints, so that nobody keeps one. */
export function addDpopNonceHook(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    const nonce = nonces.get(request);
    if (nonce !== undefined) void reply.header('dpop-nonce', nonce);
    done();
  });
}
