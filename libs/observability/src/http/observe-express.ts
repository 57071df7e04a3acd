/** Tells observers of the requests of an Express application. */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { runWithin } from './observe-fastify.js';
import { methodOf } from './method.js';
import { type RequestObserver, UNMATCHED } from './request.observer.js';

interface RoutedRequest extends IncomingMessage {
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown };
}

/** As much of a Nest application on Express as is needed. */
export interface ExpressLike {
  use(
    middleware: (request: RoutedRequest, response: ServerResponse, next: () => void) => void,
  ): unknown;
}

/**
 * Adds a middleware, which has to be the first one; none where nobody observes.
 * @param idOf the correlation id of a request, where the service gives one
 */
export function observeExpress(
  app: ExpressLike,
  observers: readonly RequestObserver[],
  idOf: (request: IncomingMessage) => string | undefined = () => undefined,
): void {
  if (observers.length === 0) return;
  app.use((request, response, next) => {
    const begun = { message: request, id: idOf(request) };
    const observed = observers.flatMap((observer) => observer.begin(begun) ?? []);
    if (observed.length === 0) return next();
    const startedMs = performance.now();
    response.once('close', () => {
      const ended = {
        method: methodOf(request.method),
        route: routeOf(request),
        status: response.statusCode,
        durationMs: performance.now() - startedMs,
        aborted: !response.writableFinished,
      };
      for (const one of observed) one.end(ended);
    });
    runWithin(observed, next);
  });
}

function routeOf({ baseUrl = '', route }: RoutedRequest): string {
  return typeof route?.path === 'string' ? `${baseUrl}${route.path}` : UNMATCHED;
}
