/** A target that is a server: its routes, the grammar of their requests, the oracle of its answers. */
import fc from 'fast-check';
import { HttpExchange } from './http.exchange.js';
import { requestsTo, type Vocabulary } from './http.grammar.js';
import { filled, type HttpInput, type Values } from './http.input.js';
import { examine, type OracleRules } from './http.oracle.js';
import { type FuzzTarget, fuzzTarget } from './fuzz.target.js';
import { type Route } from './routes.js';

/** A server that is fuzzed. */
export interface FuzzedServer {
  readonly port: number;
  readonly routes: readonly Route[];
  readonly vocabulary: Vocabulary;
  readonly rules: OracleRules;
  /** What placeholders stand for now. */
  values(): Values;
  /** Makes anew what requests use up: sessions, tokens, codes. */
  renew(): Promise<void>;
  close(): Promise<void>;
}

/** A request, and the route that it was made for. */
interface RoutedInput {
  readonly route: string;
  readonly request: HttpInput;
}

/** Fuzzes every route of a server. */
export function httpTarget(
  { name, share }: { readonly name: string; readonly share: number },
  start: () => Promise<FuzzedServer>,
): FuzzTarget {
  return fuzzTarget<RoutedInput>({
    name,
    share,
    parallel: 8,
    async open() {
      const server = await start();
      const exchange = new HttpExchange(server.port);
      // A path that nobody serves is a route as well.
      const routes = [
        ...server.routes,
        { method: 'GET', url: '/*' },
        { method: 'POST', url: '/*' },
      ];
      return {
        inputs: fc.oneof(
          ...routes.map((route) =>
            requestsTo(route, server.vocabulary).map((request) => ({
              route: `${route.method} ${route.url}`,
              request,
            })),
          ),
        ),
        async check({ route, request }: RoutedInput) {
          const input = filled(request, server.values());
          return examine(input, await exchange.send(input), route, server.rules);
        },
        renew: () => server.renew(),
        async close() {
          exchange.close();
          await server.close();
        },
      };
    },
  });
}
