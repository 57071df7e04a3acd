/** Which origins may read the answer to a request, once it is known whose request it is. */
import { type FastifyRequest } from 'fastify';

// Beside the request and not in it, so that nothing else that writes there can grant it.
const permissions = new WeakMap<FastifyRequest, readonly string[]>();

/** Lets pages of these origins, those of the authenticated client, read the answer. */
export function permitOrigins(request: FastifyRequest, origins: readonly string[]): void {
  // Nobody asks about the others, which are most; a WeakMap is dear to whoever collects garbage.
  if (request.headers.origin !== undefined) permissions.set(request, origins);
}

/** Whether a page of this origin was permitted to read the answer. */
export function isOriginPermitted(request: FastifyRequest, origin: string): boolean {
  return permissions.get(request)?.includes(origin) ?? false;
}
