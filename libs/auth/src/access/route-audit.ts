/** Refuses to start an application with a handler that nobody decided about, or that nobody guards. */
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { AUTH_OPTIONS, type AuthModuleOptions } from '../auth.options.js';
import { Enforcement } from '../shadow/enforcement.js';
import { GuardCoverage } from './guard-coverage.js';
import { HandlerInventory, type InventoriedHandler } from './handler-inventory.js';

/**
 * Marks a WebSocket adapter that authenticates whoever connects. Registered, so that two copies of
 * this package agree.
 */
export const PROTECTS_CONNECTIONS = Symbol.for('@keyward/auth:protects-connections');

/** The provider under which @nestjs/graphql keeps its options. */
const GRAPHQL_OPTIONS = 'GqlModuleOptions';

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

/** Handlers whose decorators nothing enforces; the message names them and says what to do. */
export class UnguardedHandlerError extends Error {
  override readonly name = 'UnguardedHandlerError';

  /** @param handlers as `Controller.handler` */
  constructor(
    readonly handlers: readonly string[],
    why: string,
  ) {
    super(`nothing guards ${handlers.join(', ')}: ${why}`);
  }
}

const UNGUARDED_MESSAGES =
  'global guards do not reach a microservice that is connected without `{ inheritAppConfig: true }`; ' +
  'set it, or put @UseGuards(ApplicationGuard) on the controller';
const UNGUARDED_CONNECTIONS =
  'no guard of Nest sees who connects to a gateway; ' +
  'call app.useWebSocketAdapter(new ProtectedWebSocketAdapter(app, adapter)) before the start';
const UNGUARDED_SOCKET_MESSAGES =
  'global guards do not reach gateways here; put @UseGuards(ApplicationGuard) on the gateway';
const UNGUARDED_FIELDS =
  'Nest calls no guard for fields and references unless it is told to; ' +
  "give GraphQLModule `fieldResolverEnhancers: ['guards']`, or decorate operations, not their class";

/** Looks at every handler of every transport when the application starts. */
@Injectable()
export class RouteAudit implements OnApplicationBootstrap {
  readonly #mode: 'error' | 'warn' | 'off';

  constructor(
    private readonly inventory: HandlerInventory,
    private readonly coverage: GuardCoverage,
    private readonly config: ApplicationConfig,
    private readonly modules: ModulesContainer,
    @Inject(AUTH_OPTIONS) options: AuthModuleOptions,
    enforcement: Enforcement,
  ) {
    this.#mode = options.routeAudit ?? (enforcement.isReportOnly ? 'warn' : 'error');
  }

  /** @throws UndecoratedHandlerError, UnguardedHandlerError, and ContradictoryAccessError in any mode */
  onApplicationBootstrap(): void {
    const handlers = this.inventory.handlers();
    const undecorated = handlers.filter(needsDecision).map(({ name }) => name);
    if (undecorated.length > 0)
      this.#report(new UndecoratedHandlerError([...new Set(undecorated)]));
    const closed = handlers.filter(({ policy }) => !policy.public);
    this.#demand(
      closed,
      this.#isGuarded('rpc', this.coverage.reachesMicroservices()),
      UNGUARDED_MESSAGES,
    );
    this.#auditGateways(closed);
    this.#demand(closed, (handler) => !this.#isUnguardedField(handler), UNGUARDED_FIELDS);
    this.coverage.watchLatecomers(() =>
      this.#demand(closed, this.#isGuarded('rpc', false), UNGUARDED_MESSAGES),
    );
  }

  #auditGateways(closed: readonly InventoriedHandler[]): void {
    const sockets = closed.filter(({ transport }) => transport === 'ws');
    if (sockets.length === 0) return;
    const adapter = this.config.getIoAdapter() as object | undefined;
    if (adapter === undefined || !(PROTECTS_CONNECTIONS in adapter)) {
      // Also where whoever connects may: nothing else tells a gateway's handlers who is calling.
      this.#report(
        new UnguardedHandlerError([...new Set(sockets.map(connectionOf))], UNGUARDED_CONNECTIONS),
      );
      return;
    }
    const messages = sockets.filter(({ operation }) => operation === 'message');
    this.#demand(
      messages,
      this.#isGuarded('ws', this.coverage.reachesGateways()),
      UNGUARDED_SOCKET_MESSAGES,
    );
  }

  #isGuarded(transport: string, byGlobalGuards: boolean): (handler: InventoriedHandler) => boolean {
    return (handler) =>
      handler.transport !== transport || byGlobalGuards || this.coverage.isNamedBy(handler);
  }

  #isUnguardedField({ isField, operation, policy }: InventoriedHandler): boolean {
    // A field without a decorator of its own is as open as the operation that leads to it.
    const asks = isField && (policy.decorated || operation === 'reference');
    return asks && !this.#guardsFields();
  }

  #guardsFields(): boolean {
    const options = [...this.modules.values()].flatMap(
      ({ providers }) =>
        (providers.get(GRAPHQL_OPTIONS)?.instance as { fieldResolverEnhancers?: string[] }) ?? [],
    );
    return options.every(({ fieldResolverEnhancers }) =>
      fieldResolverEnhancers?.includes('guards'),
    );
  }

  #demand(
    handlers: readonly InventoriedHandler[],
    isGuarded: (handler: InventoriedHandler) => boolean,
    why: string,
  ): void {
    const unguarded = handlers.filter((handler) => !isGuarded(handler)).map(({ name }) => name);
    if (unguarded.length > 0) this.#report(new UnguardedHandlerError([...new Set(unguarded)], why));
  }

  #report(error: Error): void {
    if (this.#mode === 'error') throw error;
    if (this.#mode === 'warn') new Logger('AuthModule').warn(error.message);
  }
}

/** Fields take over from the operation, and a connection that nobody decided about wants a token. */
function needsDecision({ policy, isField, operation }: InventoriedHandler): boolean {
  if (policy.decorated || operation === 'connection') return false;
  return !isField || operation === 'reference';
}

function connectionOf({ host }: InventoriedHandler): string {
  return `${host.name}.handleConnection`;
}
