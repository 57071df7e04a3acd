/** Refuses names in a path that nothing can have, before they reach a store. */
import { type FastifyInstance } from 'fastify';

/** PostgreSQL holds no NUL in a text, and calls one a broken statement: nothing has such a name. */
export function addPathParameterHook(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!request.url.includes('%00')) return done();
    const parameters = Object.values((request.params ?? {}) as Record<string, string>);
    if (parameters.some((value) => value.includes('\0'))) reply.callNotFound();
    else done();
  });
}
