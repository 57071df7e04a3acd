/** Knows whether the application's global guards stand before what microservices and gateways serve. */
import { Injectable, type CanActivate, type Type } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { AccessTokenGuard } from './access-token.guard.js';
import { ApplicationGuard } from './application.guard.js';
import { type InventoriedHandler } from './handler-inventory.js';
import { ScopesGuard } from './scopes.guard.js';

/** What Nest's `@UseGuards` writes; its constant is not part of Nest's API. */
const GUARDS_METADATA = '__guards__';

/** The part of a microservice's server, or of a custom strategy, that handlers are added to. */
interface RpcServer {
  addHandler: (...definition: never[]) => unknown;
}

/** How many handlers a server was given, and for how many of them the global guards were asked for. */
interface ServedHandlers {
  added: number;
  guarded: number;
}

/**
 * Nest asks for the global guards whenever it puts a handler's guards together; a microservice that is
 * connected without `inheritAppConfig` asks another configuration, which has none, and Nest before 12
 * does not ask at all for a gateway. Nothing public says so. So one entry of the global guards is no
 * guard: Nest looks at it, drops it, and has thereby told that it built a chain.
 */
@Injectable()
export class GuardCoverage {
  readonly #servers: ServedHandlers[] = [];
  #built = 0;
  #seen = 0;
  #reachesGateways = false;
  #refuse: (() => void) | undefined;

  constructor(
    private readonly config: ApplicationConfig,
    modules: ModulesContainer,
  ) {
    config.addGlobalGuard(this.#entry());
    // Nest before 11 has no such registry, and is no peer of this library.
    modules.getRpcTargetRegistry<RpcServer>().subscribe((server) => this.#watch(server));
  }

  /** Whether every microservice that was connected so far asked for the global guards. */
  reachesMicroservices(): boolean {
    return (
      this.#hasGlobalGuards() &&
      this.#servers.every(({ added, guarded }) => added === 0 || guarded > 0)
    );
  }

  /** Calls `refuse` for every microservice that is connected from now on and asks for none of them. */
  watchLatecomers(refuse: () => void): void {
    this.#refuse = refuse;
  }

  /** Whether some gateway asked for the global guards: then this version of Nest does for all. */
  reachesGateways(): boolean {
    return this.#hasGlobalGuards() && this.#reachesGateways;
  }

  /** Told when Nest has put one gateway's handlers together. */
  gatewayConnected(): void {
    if (this.#built > this.#seen) this.#reachesGateways = true;
    this.#seen = this.#built;
  }

  /** Whether `@UseGuards` names the guards on the handler, on its class or on both. */
  isNamedBy({ host, handler }: InventoriedHandler): boolean {
    const named = [host, handler].flatMap(
      (target) =>
        (Reflect.getMetadata(GUARDS_METADATA, target) as readonly unknown[] | undefined) ?? [],
    );
    return standFor(named);
  }

  #hasGlobalGuards(): boolean {
    return standFor(this.config.getGlobalGuards());
  }

  #watch(server: RpcServer): void {
    const served: ServedHandlers = { added: 0, guarded: 0 };
    this.#servers.push(served);
    const addHandler = server.addHandler;
    server.addHandler = (...definition: never[]) => {
      served.added += 1;
      if (this.#built > this.#seen) served.guarded += 1;
      this.#seen = this.#built;
      if (served.guarded === 0) this.#refuse?.();
      return addHandler.apply(server, definition);
    };
  }

  #entry(): CanActivate {
    const built = (): void => {
      this.#built += 1;
    };
    return {
      get canActivate(): CanActivate['canActivate'] {
        built();
        return undefined as never;
      },
    };
  }
}

function standFor(guards: readonly unknown[]): boolean {
  const has = (type: Type): boolean => guards.some((guard) => isA(guard, type));
  return has(ApplicationGuard) || (has(AccessTokenGuard) && has(ScopesGuard));
}

function isA(guard: unknown, type: Type): boolean {
  if (guard === type || guard instanceof type) return true;
  return typeof guard === 'function' && guard.prototype instanceof type;
}
