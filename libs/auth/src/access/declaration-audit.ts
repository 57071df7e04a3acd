/** Refuses to start an application whose decorators ask for what its options do not provide. */
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AUTH_OPTIONS, type AuthModuleOptions } from '../auth.options.js';
import { scopesOf } from './access-policy.js';
import { HandlerInventory } from './handler-inventory.js';

/** Handlers that ask for a scope that nobody declared: the message names both. */
export class UndeclaredScopeError extends Error {
  override readonly name = 'UndeclaredScopeError';

  /** @param handlers as `Controller.handler: scope` */
  constructor(readonly handlers: readonly string[]) {
    super(
      `no such scope in AuthModule's \`scopes\`: ${handlers.join(', ')}; ` +
        'correct it, or declare it with defineScopes',
    );
  }
}

/** Handlers that want to be certain, where a trust does not know whom to ask. */
export class IntrospectionMissingError extends Error {
  override readonly name = 'IntrospectionMissingError';

  constructor(
    readonly issuers: readonly string[],
    readonly handlers: readonly string[],
  ) {
    super(
      `@Introspect on ${handlers.join(', ')} needs \`introspection\` in the trust of ` +
        issuers.join(', '),
    );
  }
}

/** Looks at every decorated handler when the application starts. */
@Injectable()
export class DeclarationAudit implements OnApplicationBootstrap {
  constructor(
    private readonly inventory: HandlerInventory,
    @Inject(AUTH_OPTIONS) private readonly options: AuthModuleOptions,
  ) {}

  /** @throws UndeclaredScopeError unless `routeAudit` is off or warn; IntrospectionMissingError always */
  onApplicationBootstrap(): void {
    this.#checkIntrospection();
    const mode = this.options.routeAudit ?? 'error';
    const undeclared = this.#undeclaredScopes();
    if (undeclared.length === 0 || mode === 'off') return;
    const error = new UndeclaredScopeError(undeclared);
    if (mode === 'error') throw error;
    new Logger('AuthModule').warn(error.message);
  }

  #undeclaredScopes(): readonly string[] {
    const { scopes } = this.options;
    if (scopes === undefined) return [];
    const undeclared = this.inventory.handlers().flatMap(({ name, policy }) =>
      scopesOf(policy)
        .filter((scope) => !Object.hasOwn(scopes, scope))
        .map((scope) => `${name}: ${scope}`),
    );
    return [...new Set(undeclared)];
  }

  #checkIntrospection(): void {
    const issuers = this.options.trusts
      .filter(({ introspection }) => introspection === undefined)
      .map(({ issuer }) => issuer);
    if (issuers.length === 0) return;
    const handlers = this.inventory
      .handlers()
      .filter(({ policy }) => policy.introspectionMaxAgeSeconds !== undefined)
      .map(({ name }) => name);
    if (handlers.length > 0) throw new IntrospectionMissingError(issuers, [...new Set(handlers)]);
  }
}
