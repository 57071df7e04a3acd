/** Finds every handler of the application, whichever transport calls it. */
import { Injectable, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { AccessPolicies, type AccessPolicy, type Handler } from './access-policy.js';
import {
  fieldsOf,
  isGateway,
  messagesOf,
  namespaceOf,
  patternsOf,
  routesOf,
  type HandlerEntry,
} from './handler-metadata.js';

/** One way to reach a handler, and what it asks for. */
export interface InventoriedHandler extends HandlerEntry {
  readonly host: Type;
  readonly handler: Handler;
  /** `Class.method`. */
  readonly name: string;
  readonly policy: AccessPolicy;
}

/** The handlers of one application, found by the metadata of Nest's decorators. */
@Injectable()
export class HandlerInventory {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly policies: AccessPolicies,
  ) {}

  /** @throws ContradictoryAccessError for decorators that contradict each other */
  handlers(): readonly InventoriedHandler[] {
    return [
      ...this.#hosts('controllers').flatMap((host) =>
        this.#methods(host, (method) => [...routesOf(method, host), ...patternsOf(method)]),
      ),
      ...this.gateways().flatMap((gateway) => [
        this.connection(gateway),
        ...this.#methods(gateway, (method) => messagesOf(method, gateway)),
      ]),
      ...this.#hosts('providers').flatMap((host) =>
        this.#methods(host, (method, name) => fieldsOf(method, name, host)),
      ),
    ];
  }

  /** Every class that `@WebSocketGateway` decorates. */
  gateways(): readonly Type[] {
    return this.#hosts('providers').filter(isGateway);
  }

  /**
   * What a gateway asks of whoever connects: what its `handleConnection` is decorated with, or else
   * what the class is; without both, a valid token.
   */
  connection(gateway: Type): InventoriedHandler {
    const own = (gateway.prototype as { handleConnection?: Handler }).handleConnection;
    const handler = own ?? handleConnection;
    const path = namespaceOf(gateway);
    return this.#inventoried(gateway, 'handleConnection', handler, {
      transport: 'ws',
      operation: 'connection',
      path,
      isField: false,
    });
  }

  #hosts(kind: 'controllers' | 'providers'): readonly Type[] {
    const wrappers =
      kind === 'controllers' ? this.discovery.getControllers() : this.discovery.getProviders();
    const hosts = wrappers.map(({ metatype, instance }) => {
      const type = (instance as object | null | undefined)?.constructor ?? metatype;
      return kind === 'controllers' ? metatype : type;
    });
    return [...new Set(hosts.filter(isClass))];
  }

  #methods(host: Type, find: (method: Handler, name: string) => readonly HandlerEntry[]) {
    const prototype = host.prototype as Readonly<Record<string, unknown>>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const method = prototype[name];
      if (typeof method !== 'function') return [];
      const handler = method as Handler;
      return find(handler, name).map((found) => this.#inventoried(host, name, handler, found));
    });
  }

  #inventoried(
    host: Type,
    name: string,
    handler: Handler,
    found: HandlerEntry,
  ): InventoriedHandler {
    const policy = this.policies.of(host, handler);
    return { ...found, host, handler, name: `${host.name}.${name}`, policy };
  }
}

/** Stands for the connection of a gateway that has no hook for it. */
function handleConnection(): void {
  // Only its metadata is asked for, and it has none.
}

function isClass(value: unknown): value is Type {
  return typeof value === 'function' && typeof value.prototype === 'object';
}
