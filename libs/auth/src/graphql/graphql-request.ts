/** Finds the credentials of a GraphQL operation: those of its HTTP request, or of its connection. */
import { type CallRequest } from '../call/call-request.js';

/** A resolver's context, as Nest's drivers for Apollo and Mercurius make it. */
interface ResolverContext {
  readonly req?: object;
  /** Mercurius, for a subscription. */
  readonly request?: object;
}

/** The requests of subscriptions, by whatever object their resolvers are shown of the connection. */
const connections = new WeakMap<object, CallRequest>();

/** Notes what resolvers of one connection of graphql-ws will be shown. */
export function connectSubscriptions(shown: readonly unknown[], request: CallRequest): void {
  for (const object of shown) {
    if (typeof object === 'object' && object !== null) connections.set(object, request);
  }
}

/**
 * @param args of a resolver: root, arguments, context and info; a reference resolver has no arguments
 * @returns undefined where the context has no request, and for a subscription whose connection was
 *   not authenticated: the credentials of its upgrade alone would never be looked at again
 */
export function graphqlRequest(args: readonly unknown[]): CallRequest | undefined {
  const context = resolverContext(args);
  const shown = context?.req ?? context?.request;
  if (typeof shown !== 'object' || shown === null) return undefined;
  const connected = connections.get(shown);
  if (connected !== undefined) return connected;
  const request = shown as Partial<CallRequest>;
  const isRequest = typeof request.headers === 'object' && request.headers !== null;
  return isRequest && !isUpgrade(request as CallRequest) ? (request as CallRequest) : undefined;
}

/** The third argument of a resolver, the second of one without arguments. */
export function resolverContext(args: readonly unknown[]): ResolverContext | undefined {
  const context = args.length === 3 ? args[1] : args[2];
  return typeof context === 'object' && context !== null ? context : undefined;
}

function isUpgrade({ headers }: CallRequest): boolean {
  const { upgrade } = headers;
  return typeof upgrade === 'string' && upgrade.toLowerCase() === 'websocket';
}
