/** Counts requests by address, at the routes where nobody has said yet who they are. */
import { type FastifyInstance, type FastifyRequest, type RouteOptions } from 'fastify';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { isPageRoute } from '../http/page-routes.js';
import { originOf } from '../http/request.origin.js';
import { type RequestLimitName } from './request-limit.names.js';
import { type RequestLimits } from './request.limits.js';

/** Where clients register by themselves (RFC 7591). */
const REGISTRATION = /^\/oauth2\/register(\/|$)/;

/** Adds it to the routes that it is for, before these are made: no other request knows of it. */
export function addAddressLimits(fastify: FastifyInstance, limits: RequestLimits): void {
  fastify.addHook('onRoute', (route) => {
    const name = limitOf(route.url);
    if (name === null || !limits.has(name)) return;
    route.onRequest = [...hooksOf(route), hookFor(limits, name)];
  });
}

function limitOf(path: string): RequestLimitName | null {
  const { authorization } = ENDPOINT_PATHS;
  if (path === authorization || path.startsWith(`${authorization}/`)) return 'authorization';
  if (REGISTRATION.test(path)) return 'registration';
  return isPageRoute(path) ? 'pages' : null;
}

function hooksOf({ onRequest }: RouteOptions) {
  return onRequest === undefined ? [] : [onRequest].flat();
}

function hookFor(limits: RequestLimits, name: RequestLimitName) {
  return (request: FastifyRequest, _reply: unknown, done: (error?: Error) => void) => {
    try {
      const pending = limits.admitAddress(name, originOf(request));
      if (pending === undefined) return done();
      pending.then(
        () => done(),
        (error: unknown) => done(error as Error),
      );
    } catch (error) {
      done(error as Error);
    }
  };
}
