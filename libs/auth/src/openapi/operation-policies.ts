/** Finds the access policy of an OpenAPI operation by its id. */
import { type INestApplicationContext, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { AccessPolicies, type AccessPolicy, type Handler } from '../access/access-policy.js';

/** How an `operationId` is made of a controller and a method. */
export type OperationIdFactory = (controller: string, method: string) => string;

/** What `@ApiOperation` of @nestjs/swagger writes onto a handler. */
const API_OPERATION_METADATA = 'swagger/apiOperation';

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
        const id = ownId(handler) ?? operationId(controller.name, name);
        const known = this.#byId.get(id);
        const policy = policies.of(controller, handler);
        if (known === undefined) this.#byId.set(id, [policy]);
        else known.push(policy);
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

  /** @nestjs/swagger appends a version, a method or the number of an alias to an id. */
  #knownId(id: string): string {
    if (this.#byId.has(id)) return id;
    const bases = [...this.#byId.keys()].filter(
      (base) => id.startsWith(base) && '_['.includes(id.charAt(base.length)),
    );
    return bases.sort((a, b) => b.length - a.length)[0] ?? id;
  }
}

function ownId(handler: Handler): string | undefined {
  const operation = Reflect.getMetadata(API_OPERATION_METADATA, handler) as
    { readonly operationId?: string } | undefined;
  return operation?.operationId;
}
