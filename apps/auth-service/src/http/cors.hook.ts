/** Lets pages of chosen origins call the protocol's endpoints, without cookies (Fetch standard, CORS). */
import { type FastifyReply, type FastifyRequest } from 'fastify';

const PREFLIGHT_MAX_AGE_SECONDS = 600;

const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** The origins whose pages may call; `loopback` for every page of this machine. */
export type AllowedOrigins = readonly string[] | 'loopback';

/**
 * Fastify's `onRequest` hook. Credentials mode is never allowed: no answer here depends on a
 * cookie, and none of a later endpoint that does must become readable by mistake.
 */
export function corsHook(
  allowed: AllowedOrigins,
): (request: FastifyRequest, reply: FastifyReply, done: () => void) => void {
  return (request, reply, done) => {
    void reply.header('vary', 'Origin');
    const { origin, 'access-control-request-method': requestedMethod } = request.headers;
    if (origin === undefined || !isAllowed(origin, allowed)) {
      done();
      return;
    }
    void reply
      .header('access-control-allow-origin', origin)
      .header('access-control-expose-headers', 'WWW-Authenticate, Retry-After');
    if (request.method !== 'OPTIONS' || requestedMethod === undefined) {
      done();
      return;
    }
    void reply
      .header('access-control-allow-methods', 'GET, POST')
      .header('access-control-allow-headers', 'Authorization, Content-Type, X-Requested-With')
      .header('access-control-max-age', String(PREFLIGHT_MAX_AGE_SECONDS))
      .status(204)
      .send();
  };
}

function isAllowed(origin: string, allowed: AllowedOrigins): boolean {
  return allowed === 'loopback' ? LOOPBACK.test(origin) : allowed.includes(origin);
}
