/** Reads what the decorators of Nest's packages wrote onto a method: the ways in which it is reached. */
import { RequestMethod, type Type } from '@nestjs/common';
import { type Handler } from './access-policy.js';

/** What calls a handler, in the words of `ExecutionContext.getType()`. */
export type HandlerTransport = 'graphql' | 'http' | 'rpc' | 'ws';

/** One way to reach a handler. */
export interface HandlerEntry {
  readonly transport: HandlerTransport;
  /** The HTTP method, `SSE`, `message`, `event`, `connection`, or the GraphQL type of the field. */
  readonly operation: string;
  /** Route (without prefix and version), pattern, message or field. */
  readonly path: string;
  /** GraphQL: called for a field of an object that an operation answered with. */
  readonly isField: boolean;
}

/**
 * What the decorators of Nest's packages write onto methods and classes. Their constants are not part
 * of those packages' API, and importing them would need the packages.
 */
const PATH = 'path';
const METHOD = 'method';
const SSE = '__sse__';
const PATTERN = 'microservices:pattern';
const PATTERN_HANDLER = 'microservices:handler_type';
const EVENT_PATTERN = 2;
const GATEWAY = 'websockets:is_gateway';
const GATEWAY_OPTIONS = 'websockets:gateway_options';
const PORT = 'port';
const MESSAGE_MAPPING = 'websockets:message_mapping';
const MESSAGE = 'message';
const RESOLVER_TYPE = 'graphql:resolver_type';
const RESOLVER_NAME = 'graphql:resolver_name';
const RESOLVER_PROPERTY = 'graphql:resolve_property';
const RESOLVER_REFERENCE = 'graphql:resolve_reference';

/** Whether `@WebSocketGateway` decorates the class. */
export function isGateway(host: Type): boolean {
  return Reflect.hasMetadata(GATEWAY, host);
}

/** The routes of a controller's method. */
export function routesOf(method: Handler, host: Type): readonly HandlerEntry[] {
  if (!Reflect.hasMetadata(PATH, method)) return [];
  const verb = RequestMethod[metadata<number>(METHOD, method) ?? RequestMethod.GET] ?? 'ALL';
  const operation = Reflect.hasMetadata(SSE, method) ? 'SSE' : verb;
  return texts(metadata(PATH, host) ?? '').flatMap((prefix) =>
    texts(metadata(PATH, method)).map((path) => ({
      transport: 'http' as const,
      operation,
      path: joinPaths(prefix, path),
      isField: false,
    })),
  );
}

/** The messages and events of a microservice that a method takes. */
export function patternsOf(method: Handler): readonly HandlerEntry[] {
  const type = metadata<number>(PATTERN_HANDLER, method);
  if (type === undefined) return [];
  const operation = type === EVENT_PATTERN ? 'event' : 'message';
  return [metadata<unknown>(PATTERN, method)].flat().map((pattern) => ({
    transport: 'rpc',
    operation,
    path: typeof pattern === 'string' ? pattern : (JSON.stringify(pattern) ?? ''),
    isField: false,
  }));
}

/** The messages of a gateway that a method takes. */
export function messagesOf(method: Handler, gateway: Type): readonly HandlerEntry[] {
  if (!Reflect.hasMetadata(MESSAGE_MAPPING, method)) return [];
  const message = String(metadata<unknown>(MESSAGE, method));
  const path = `${namespaceOf(gateway)} ${message}`;
  return [{ transport: 'ws', operation: 'message', path, isField: false }];
}

/** The field of the GraphQL schema that a method resolves. */
export function fieldsOf(method: Handler, name: string, host: Type): readonly HandlerEntry[] {
  const field = metadata<string>(RESOLVER_NAME, method) ?? name;
  const type = metadata<string>(RESOLVER_TYPE, method);
  if (Reflect.hasMetadata(RESOLVER_REFERENCE, method)) {
    const path = String(metadata<unknown>(RESOLVER_NAME, host) ?? host.name);
    return [{ transport: 'graphql', operation: 'reference', path, isField: true }];
  }
  if (Reflect.hasMetadata(RESOLVER_PROPERTY, method)) {
    const parent = type ?? metadata<string>(RESOLVER_TYPE, host) ?? host.name;
    return [
      { transport: 'graphql', operation: 'field', path: `${parent}.${field}`, isField: true },
    ];
  }
  if (type === undefined) return [];
  return [{ transport: 'graphql', operation: type.toLowerCase(), path: field, isField: false }];
}

/** Where a gateway listens. Namespaces are those of socket.io, whose first is `/`. */
export interface GatewayPlace {
  readonly port: number;
  readonly path: string | undefined;
  readonly namespace: string;
}

/** Where a gateway listens; gateways at one place share their sockets. */
export function gatewayPlace(gateway: Type): GatewayPlace {
  const options = metadata<{ path?: string; namespace?: unknown }>(GATEWAY_OPTIONS, gateway);
  const port = metadata<number>(PORT, gateway) ?? 0;
  return { port, path: options?.path, namespace: gatewayNamespace(options?.namespace) };
}

/** One way to write each namespace. */
export function gatewayNamespace(namespace: unknown): string {
  if (namespace === undefined || namespace === '') return '/';
  const text = String(namespace);
  return typeof namespace !== 'string' || text.startsWith('/') ? text : `/${text}`;
}

/** The namespace of a gateway, or its path. */
export function namespaceOf(gateway: Type): string {
  const { namespace, path } = gatewayPlace(gateway);
  return namespace === '/' ? (path ?? '/') : namespace;
}

function metadata<T>(key: string, target: object): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}

function texts(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat();
}

function joinPaths(...paths: readonly string[]): string {
  const segments = paths.flatMap((path) => path.split('/')).filter((segment) => segment !== '');
  return `/${segments.join('/')}`;
}
