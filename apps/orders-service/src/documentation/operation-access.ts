/** Writes into an OpenAPI document what the access decorators ask for, so that no scope is written twice. */
import { type INestApplication, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { type OpenAPIObject } from '@nestjs/swagger';
import { AccessPolicies, type AccessPolicy } from '@keyward/auth';

type Handler = (...args: never[]) => unknown;
type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/**
 * Gives every operation the security requirement of its handler's access policy, the answers that
 * come with it and, where it has no summary, one that says the scopes to whoever looks at the page.
 *
 * @param document made with `operationId`s of the form that `operationId` gives
 * @param scheme name of the security scheme that the requirements refer to
 * @returns every scope that some operation asks for, sorted
 */
export function documentAccess(
  app: INestApplication,
  document: OpenAPIObject,
  scheme: string,
): readonly string[] {
  const policies = accessPolicies(app);
  const scopes = new Set<string>();
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item) as Operation[]) {
      const policy = policies.get(operation.operationId ?? '');
      if (policy === undefined || policy.public) continue;
      operation.security = alternatives(policy).map((all) => ({ [scheme]: [...all] }));
      operation.summary ??= describeAccess(policy);
      operation.responses['401'] = { description: 'No access token, or one that is not accepted' };
      operation.responses['403'] = { description: 'The access token lacks the scope' };
      for (const scope of [...policy.scopes, ...policy.anyScope.flat()]) scopes.add(scope);
    }
  }
  return [...scopes].sort();
}

/** The `operationId` of a handler. */
export function operationId(controller: string, method: string): string {
  return `${controller}_${method}`;
}

function accessPolicies(app: INestApplication): ReadonlyMap<string, AccessPolicy> {
  const policies = app.get(AccessPolicies, { strict: false });
  const scanner = app.get(MetadataScanner, { strict: false });
  const found = new Map<string, AccessPolicy>();
  for (const { metatype } of app.get(DiscoveryService, { strict: false }).getControllers()) {
    const controller = metatype as Type;
    const prototype = controller.prototype as Record<string, Handler>;
    for (const method of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[method];
      if (handler === undefined) continue;
      found.set(operationId(controller.name, method), policies.of(controller, handler));
    }
  }
  return found;
}

function describeAccess(policy: AccessPolicy): string {
  const scopes = alternatives(policy).map((all) => all.join(' and '));
  return scopes.join('') === '' ? 'any access token' : `scope ${scopes.join(', or ')}`;
}

// OpenAPI knows "all of these" within a requirement and "one of these" between requirements.
function alternatives({ scopes, anyScope }: AccessPolicy): readonly (readonly string[])[] {
  return anyScope.reduce<readonly (readonly string[])[]>(
    (found, group) => found.flatMap((all) => group.map((scope) => [...all, scope])),
    [scopes],
  );
}
