/** Lets pages of chosen origins call the protocol's endpoints, without cookies (Fetch standard, CORS). */
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { isOriginPermitted } from './cors.permission.js';
import { ENDPOINT_PATHS } from './endpoint.paths.js';

const PREFLIGHT_MAX_AGE_SECONDS = 600;

/** What a page may send, and what it may read of the answer. */
const REQUEST_HEADERS = 'Authorization, Content-Type, DPoP, X-Requested-With';
const RESPONSE_HEADERS = 'WWW-Authenticate, Retry-After, RateLimit, RateLimit-Policy, DPoP-Nonce';

const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** Documents for everyone: any origin that is known may read them. */
const PUBLIC_PATHS: ReadonlySet<string> = new Set([
  ENDPOINT_PATHS.metadata,
  ENDPOINT_PATHS.openidConfiguration,
  ENDPOINT_PATHS.jwks,
]);

/** Endpoints that a page calls as its client; nothing that depends on a cookie is among them. */
const CLIENT_PATHS: ReadonlySet<string> = new Set([
  ENDPOINT_PATHS.token,
  ENDPOINT_PATHS.revocation,
  ENDPOINT_PATHS.pushedAuthorization,
  ENDPOINT_PATHS.userinfo,
]);

/** The origins whose pages may call as any client; `loopback` for every page of this machine. */
export type AllowedOrigins = readonly string[] | 'loopback';

/** Whether some client registered an origin. */
export interface RegisteredOrigins {
  knows(origin: string): Promise<boolean>;
}

/**
 * Adds the hooks. A preflight names no client: it is answered for every origin that some client
 * registered. The answer itself can be read by the origins of the client that made the request, as
 * its handler found out ({@link permitOrigins}). Credentials mode is never allowed, and neither the
 * authorization endpoint nor a page is ever readable.
 *
 * @param everywhere origins of the operator's choice, for every client
 */
export function addCorsHooks(
  fastify: FastifyInstance,
  everywhere: AllowedOrigins,
  registered: RegisteredOrigins,
): void {
  // Most requests have no origin: no promise is made for them. Fastify takes one as well as a call.
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (origin !== undefined) return allowInAdvance(request, reply, origin, everywhere, registered);
    return done();
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const { origin } = request.headers;
    if (origin !== undefined) return allowPermitted(request, reply, origin, registered);
    return done(null, payload);
  });
}

/** What can be said before it is known whose request it is; answers preflights. */
async function allowInAdvance(
  request: FastifyRequest,
  reply: FastifyReply,
  origin: string,
  everywhere: AllowedOrigins,
  registered: RegisteredOrigins,
): Promise<void> {
  const path = request.url.split('?', 1)[0] ?? '';
  const isPublic = PUBLIC_PATHS.has(path);
  if (!(isPublic || CLIENT_PATHS.has(path))) return;
  const requestedMethod = request.headers['access-control-request-method'];
  const isPreflight = request.method === 'OPTIONS' && requestedMethod !== undefined;
  const allowed =
    isAllowed(origin, everywhere) ||
    ((isPreflight || isPublic) && (await registered.knows(origin)));
  if (!allowed) return;
  allow(reply, origin);
  if (!isPreflight) return;
  // Sent from here: Fastify sees that, and no handler follows.
  await reply
    .header('access-control-allow-methods', 'GET, POST')
    .header('access-control-allow-headers', REQUEST_HEADERS)
    .header('access-control-max-age', String(PREFLIGHT_MAX_AGE_SECONDS))
    .status(204)
    .send();
}

async function allowPermitted(
  request: FastifyRequest,
  reply: FastifyReply,
  origin: string,
  registered: RegisteredOrigins,
): Promise<void> {
  const isPermitted = isOriginPermitted(request, origin);
  if (isPermitted || (isTokenRefused(request, reply) && (await registered.knows(origin)))) {
    allow(reply, origin);
  }
}

// A page must be able to tell an expired token from a network that is down. The refusal names no
// client, as a token that is not valid belongs to none, and holds nothing about anybody.
function isTokenRefused(request: FastifyRequest, reply: FastifyReply): boolean {
  return reply.statusCode === 401 && request.url.split('?', 1)[0] === ENDPOINT_PATHS.userinfo;
}

function allow(reply: FastifyReply, origin: string): void {
  void reply
    .header('access-control-allow-origin', origin)
    .header('access-control-expose-headers', RESPONSE_HEADERS);
}

function isAllowed(origin: string, allowed: AllowedOrigins): boolean {
  return allowed === 'loopback' ? LOOPBACK.test(origin) : allowed.includes(origin);
}
