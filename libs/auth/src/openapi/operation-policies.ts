/** Finds the access policy of an OpenAPI operation by its id. */
import { type INestApplicationContext, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { AccessPolicies, type AccessPolicy, type Handler } from '../access/access-policy.js';

/** How an `operationId` is made of a controller and a method. */
export type OperationIdFactory = (controller: string, method: string) => string;

/** What `@ApiOperation` of @nestjs/swagger writes onto a handler. */
const API_OPERATION_METADATA = 'swagger/apiOperation';

/** What Nest writes onto a controller and onto a method that is a route. */
const PATH_METADATA = 'path';

/** The form that @nestjs/swagger gives ids where it is not told otherwise. */
export const defaultOperationId: OperationIdFactory = (controller, method) =>
  `${controller}_${method}`;

/** An operation that no handler was found for, or more than one. */
export class UnmatchedOperationError extends Error {
  override readonly name = 'UnmatchedOperationError';
}

/** The policies of an application's HTTP handlers. */
export class OperationPolicies {
  readonly #byId = new Map<string, AccessPolicy[]>();

  constructor(app: INestApplicationContext, operationId: OperationIdFactory) {
    const policies = app.get(AccessPolicies, { strict: false });
    const scanner = app.get(MetadataScanner, { strict: false });
    for (const { metatype } of app.get(DiscoveryService, { strict: false }).getControllers()) {
      if (typeof metatype !== 'function') continue;
      const controller = metatype as Type;
      const prototype = controller.prototype as Record<string, Handler>;
      for (const name of scanner.getAllMethodNames(prototype)) {
        const handler = prototype[name];
        if (handler === undefined) continue;
        const policy = policies.of(controller, handler);
        const own = ownId(handler);
        if (own === undefined) {
          for (const key of methodKeys(controller, handler, name)) {
            this.#add(operationId(controller.name, key), policy);
          }
        } else {
          this.#add(own, policy);
        }
      }
    }
  }

  /**
   * The policy of the operation.
   * @throws UnmatchedOperationError rather than to describe an operation by another one's policy
   */
  of(id: string | undefined): AccessPolicy {
    const [policy, ...others] = this.#byId.get(this.#knownId(id ?? '')) ?? [];
    if (policy === undefined) {
      throw new UnmatchedOperationError(
        `no handler was found for the operation ${JSON.stringify(id)}: give describeSecurity the ` +
          'operationIdFactory that the document was made with',
      );
    }
    if (others.some((other) => JSON.stringify(other) !== JSON.stringify(policy))) {
      throw new UnmatchedOperationError(
        `several handlers share the operation id ${JSON.stringify(id)} and differ in what they ` +
          'ask for: rename a controller, or give one an operationId by @ApiOperation',
      );
    }
    return policy;
  }

  #add(id: string, policy: AccessPolicy): void {
    const known = this.#byId.get(id);
    if (known === undefined) this.#byId.set(id, [policy]);
    else known.push(policy);
  }

  /** @nestjs/swagger appends a version or a method to an id, and a number per version to an alias. */
  #knownId(id: string): string {
    if (this.#byId.has(id)) return id;
    const bases = [...this.#byId.keys()].filter(
      (base) => id.startsWith(base) && '_['.includes(id.charAt(base.length)),
    );
    return bases.sort((a, b) => b.length - a.length)[0] ?? id;
  }
}

/** A handler with several paths has an operation for each, which @nestjs/swagger numbers. */
function methodKeys(controller: Type, handler: Handler, name: string): readonly string[] {
  const paths = [controller, handler].map((target) =>
    [Reflect.getMetadata(PATH_METADATA, target) as unknown].flat(),
  );
  const count = paths.reduce((product, { length }) => product * length, 1);
  return count === 1 ? [name] : [name, ...Array.from({ length: count }, (_, i) => `${name}[${i}]`)];
}

function ownId(handler: Handler): string | undefined {
  const operation = Reflect.getMetadata(API_OPERATION_METADATA, handler) as
    { readonly operationId?: string } | undefined;
  return operation?.operationId;
}
