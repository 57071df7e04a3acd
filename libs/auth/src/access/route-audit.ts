/** Refuses to start an application with a handler that nobody decided about. */
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { AUTH_OPTIONS, type AuthModuleOptions } from '../auth.options.js';
import { AccessPolicies, type Handler } from './access-policy.js';

/** What Nest writes onto a method that is a route; its constant is not part of Nest's API. */
const PATH_METADATA = 'path';

/** Handlers without an access decorator; the message names them and says what to do. */
export class UndecoratedHandlerError extends Error {
  override readonly name = 'UndecoratedHandlerError';

  /** @param handlers as `Controller.handler` */
  constructor(readonly handlers: readonly string[]) {
    super(
      `nobody said who may call ${handlers.join(', ')}: decorate each, or its controller, with ` +
        '@Scopes, @AnyScope, @Roles, @Authenticated or @Public; ' +
        "or set `routeAudit: 'warn'` in AuthModule's options while you migrate",
    );
  }
}

/** Looks at every HTTP handler when the application starts. */
@Injectable()
export class RouteAudit implements OnApplicationBootstrap {
  readonly #mode: 'error' | 'warn' | 'off';

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly policies: AccessPolicies,
    @Inject(AUTH_OPTIONS) options: AuthModuleOptions,
  ) {
    this.#mode = options.routeAudit ?? 'error';
  }

  /** @throws UndecoratedHandlerError, and ContradictoryAccessError in any mode */
  onApplicationBootstrap(): void {
    const undecorated = this.#undecoratedHandlers();
    if (undecorated.length === 0 || this.#mode === 'off') return;
    const error = new UndecoratedHandlerError(undecorated);
    if (this.#mode === 'error') throw error;
    new Logger('AuthModule').warn(error.message);
  }

  #undecoratedHandlers(): readonly string[] {
    const found: string[] = [];
    for (const { metatype, instance } of this.discovery.getControllers()) {
      if (typeof metatype !== 'function') continue;
      const prototype = (instance ? Object.getPrototypeOf(instance) : metatype.prototype) as object;
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const handler = (prototype as Record<string, unknown>)[name];
        if (typeof handler !== 'function' || !Reflect.hasMetadata(PATH_METADATA, handler)) continue;
        const policy = this.policies.of(metatype as Type, handler as Handler);
        if (!policy.decorated) found.push(`${metatype.name}.${name}`);
      }
    }
    return found;
  }
}
