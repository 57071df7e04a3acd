/** The routes of a running application, asked of its framework: none can be forgotten. */
import { type BuiltApplication } from './built.module.js';

/** One method at one path; `:name` and `*` stand for anything. */
export interface Route {
  readonly method: string;
  readonly url: string;
}

interface Fastify {
  addHook(name: 'onRoute', hook: (route: { method: string | string[]; url: string }) => void): void;
}

interface ExpressLayer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

/** Collects the routes that a Fastify application registers from now on. */
export function collectFastifyRoutes(app: BuiltApplication): readonly Route[] {
  const routes: Route[] = [];
  (app.getHttpAdapter().getInstance() as Fastify).addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) if (each !== 'HEAD') routes.push({ method: each, url });
  });
  return routes;
}

/** The routes of an Express application that has begun to listen. */
export function expressRoutes(app: BuiltApplication): readonly Route[] {
  const { router } = app.getHttpAdapter().getInstance() as { router: { stack: ExpressLayer[] } };
  return router.stack.flatMap(({ route }) =>
    route === undefined
      ? []
      : Object.keys(route.methods).map((method) => ({
          method: method.toUpperCase(),
          url: route.path,
        })),
  );
}
