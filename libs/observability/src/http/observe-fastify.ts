/** Tells observers of the requests of a Fastify application. */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { methodOf } from './method.js';
import { type ObservedRequest, type RequestObserver, UNMATCHED } from './request.observer.js';

interface FastifyLikeRequest {
  readonly raw: IncomingMessage;
  readonly id: string;
  readonly is404: boolean;
  readonly routeOptions: { readonly url?: string };
}

interface FastifyLikeReply {
  readonly raw: ServerResponse;
}

type Hook = (request: FastifyLikeRequest, reply: FastifyLikeReply, done: () => void) => void;

/** As much of Fastify as is needed; of any of its versions. */
export interface FastifyLike {
  addHook(name: 'onRequest' | 'preValidation', hook: Hook): unknown;
}

/** Adds hooks, before the application listens; none where nobody observes. */
export function observeFastify(fastify: FastifyLike, observers: readonly RequestObserver[]): void {
  if (observers.length === 0) return;
  const underWay = new WeakMap<IncomingMessage, readonly ObservedRequest[]>();
  fastify.addHook('onRequest', (request, reply, done) => {
    const begun = { message: request.raw, id: request.id };
    const observed = observers.flatMap((observer) => observer.begin(begun) ?? []);
    if (observed.length > 0) {
      const startedMs = performance.now();
      underWay.set(request.raw, observed);
      reply.raw.once('close', () => {
        const ended = {
          method: methodOf(request.raw.method),
          route: request.is404 ? UNMATCHED : (request.routeOptions.url ?? UNMATCHED),
          status: reply.raw.statusCode,
          durationMs: performance.now() - startedMs,
          aborted: !reply.raw.writableFinished,
        };
        for (const one of observed) one.end(ended);
      });
    }
    done();
  });
  // Not earlier: a body that is read between two hooks arrives in the context of its connection.
  fastify.addHook('preValidation', (request, _reply, done) => {
    runWithin(underWay.get(request.raw) ?? [], done);
  });
}

/** Runs `handle` within all of them. */
export function runWithin(observed: readonly ObservedRequest[], handle: () => void): void {
  const within = observed.reduceRight<() => void>((inner, one) => {
    return one.run === undefined ? inner : () => one.run?.(inner);
  }, handle);
  within();
}
