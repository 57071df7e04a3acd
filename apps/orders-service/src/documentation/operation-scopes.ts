/** Writes into the OpenAPI document what the access decorators ask for, so that no scope is written twice. */
import { type INestApplication, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ApiForbiddenResponse, ApiSecurity, ApiUnauthorizedResponse } from '@nestjs/swagger';
import { AccessPolicies, type AccessPolicy } from '@keyward/auth';

/** Name of the security scheme that operations refer to. */
export const OAUTH2_SCHEME = 'oauth2';

/**
 * Gives every handler of the application the security requirement of its access policy. To be called
 * before the document is created, and once.
 *
 * @returns every scope that some handler asks for, sorted
 */
export function documentScopes(app: INestApplication): readonly string[] {
  const policies = app.get(AccessPolicies, { strict: false });
  const scanner = app.get(MetadataScanner, { strict: false });
  const scopes = new Set<string>();
  for (const { metatype } of app.get(DiscoveryService, { strict: false }).getControllers()) {
    const controller = metatype as Type;
    const prototype = controller.prototype as Record<string, (...args: never[]) => unknown>;
    for (const name of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[name];
      if (handler === undefined) continue;
      const policy = policies.of(controller, handler);
      if (policy.public) continue;
      describe(prototype, name, handler, alternatives(policy));
      for (const scope of [...policy.scopes, ...policy.anyScope.flat()]) scopes.add(scope);
    }
  }
  return [...scopes].sort();
}

function describe(
  prototype: object,
  name: string,
  handler: (...args: never[]) => unknown,
  requirements: readonly (readonly string[])[],
): void {
  const decorators = [
    ...requirements.map((scopes) => ApiSecurity(OAUTH2_SCHEME, [...scopes])),
    ApiUnauthorizedResponse({ description: 'No access token, or one that is not accepted' }),
    ApiForbiddenResponse({ description: 'The access token lacks the scope' }),
  ];
  for (const decorate of decorators) decorate(prototype, name, { value: handler });
}

// OpenAPI knows "all of these" within a requirement and "one of these" between requirements.
function alternatives({ scopes, anyScope }: AccessPolicy): readonly (readonly string[])[] {
  return anyScope.reduce<readonly (readonly string[])[]>(
    (found, group) => found.flatMap((all) => group.map((scope) => [...all, scope])),
    [scopes],
  );
}
