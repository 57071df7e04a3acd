/** The Nest module that protects an application: providers, guards and what happens at start. */
import {
  ConfigurableModuleBuilder,
  Inject,
  Logger,
  Module,
  type DynamicModule,
  type NestModule,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AccessPolicies } from './access/access-policy.js';
import { AccessTokenGuard } from './access/access-token.guard.js';
import { ApplicationGuard } from './access/application.guard.js';
import { DeclarationAudit } from './access/declaration-audit.js';
import { GuardCoverage } from './access/guard-coverage.js';
import { HandlerInventory } from './access/handler-inventory.js';
import { RequestAuthenticator } from './access/request-authenticator.js';
import { RouteAudit } from './access/route-audit.js';
import { ScopesGuard } from './access/scopes.guard.js';
import { StepUpChallenge } from './access/step-up.challenge.js';
import { AccessTokenVerifier } from './access-token/access-token.verifier.js';
import { JwtStrategy } from './access-token/jwt.strategy.js';
import { TokenLifetimes } from './access-token/token-lifetimes.js';
import { AuthObserver, GuardedAuthObserver, LoggingAuthObserver } from './auth.observer.js';
import { AUTH_OPTIONS, type AuthModuleExtras, type AuthModuleOptions } from './auth.options.js';
import { BearerExceptionFilter } from './bearer/bearer-exception.filter.js';
import { ProtectedResourceMetadata } from './metadata/protected-resource.metadata.js';
import { GraphqlSubscriptions } from './graphql/graphql-subscriptions.js';
import { Enforcement } from './shadow/enforcement.js';
import { ReportingGuard } from './shadow/reporting.guard.js';
import { ShadowEvaluation } from './shadow/shadow.evaluation.js';
import { createTrusts } from './trust/trusts.js';
import { ConnectionAuthenticator } from './websocket/connection.authenticator.js';

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<AuthModuleOptions>({
  optionsInjectionToken: AUTH_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras<AuthModuleExtras>(
    { global: true, exceptionFilter: true, enforcement: 'enforced' },
    withGuards,
  )
  .build();

const NOTHING_ENFORCED =
  "INSECURE: enforcement is 'insecure-report-only': AuthModule refuses no request, it only reports";

function withGuards(definition: DynamicModule, extras: AuthModuleExtras): DynamicModule {
  const enforcement = new Enforcement(extras.enforcement ?? 'enforced');
  const providers = [
    ...(definition.providers ?? []),
    { provide: Enforcement, useValue: enforcement },
  ];
  // Under its name `jwt` passport may have the strategy that still decides.
  if (!enforcement.isReportOnly) providers.push(JwtStrategy);
  if (extras.global !== false) {
    const guard = enforcement.isReportOnly ? ReportingGuard : ApplicationGuard;
    providers.push({ provide: APP_GUARD, useClass: guard });
  }
  if (extras.exceptionFilter !== false) {
    providers.push({ provide: APP_FILTER, useClass: BearerExceptionFilter });
  }
  // Guards that a class names are made in that class's module, which has to find what they need.
  const exported = [...(definition.exports ?? []), Enforcement];
  return { ...definition, global: true, providers, exports: exported };
}

/**
 * Protects every handler of the application with access tokens:
 *
 * ```ts
 * AuthModule.forRoot({ trusts: [{ issuer: 'https://as.example', audience: 'https://orders.example' }] })
 * ```
 *
 * `forRootAsync` takes `imports`, `inject` and `useFactory`, for options from @nestjs/config. Options
 * are checked when the application starts; a wrong one stops it with a TypeError that says which.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    AccessPolicies,
    AccessTokenGuard,
    ScopesGuard,
    StepUpChallenge,
    ApplicationGuard,
    TokenLifetimes,
    ConnectionAuthenticator,
    GraphqlSubscriptions,
    RequestAuthenticator,
    HandlerInventory,
    GuardCoverage,
    RouteAudit,
    DeclarationAudit,
    ProtectedResourceMetadata,
    ShadowEvaluation,
    {
      provide: AuthObserver,
      inject: [AUTH_OPTIONS],
      useFactory: (options: AuthModuleOptions) =>
        new GuardedAuthObserver(options.observer ?? new LoggingAuthObserver()),
    },
    {
      provide: AccessTokenVerifier,
      inject: [AUTH_OPTIONS, AuthObserver],
      useFactory: (options: AuthModuleOptions, observer: AuthObserver) => {
        const clock = options.clock ?? Date.now;
        return new AccessTokenVerifier(
          createTrusts(options.trusts, observer, clock),
          options,
          clock,
        );
      },
    },
  ],
  exports: [
    AccessPolicies,
    AccessTokenGuard,
    AccessTokenVerifier,
    AuthObserver,
    ConnectionAuthenticator,
    GraphqlSubscriptions,
    GuardCoverage,
    HandlerInventory,
    RequestAuthenticator,
    ScopesGuard,
    ShadowEvaluation,
    StepUpChallenge,
    TokenLifetimes,
    AUTH_OPTIONS,
  ],
})
export class AuthModule
  extends ConfigurableModuleClass
  implements NestModule, OnModuleInit, OnModuleDestroy
{
  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly metadata: ProtectedResourceMetadata,
    @Inject(AUTH_OPTIONS) private readonly options: AuthModuleOptions,
    private readonly enforcement: Enforcement,
  ) {
    super();
  }

  /**
   * Nest calls this behind the application's own `app.use` and before the controllers' routes: so the
   * metadata has the former's headers, and no wildcard of the latter stands in front of it.
   */
  configure(): void {
    this.metadata.serve();
  }

  /** Keys are fetched behind the start: an issuer that is down must not keep its resources down. */
  onModuleInit(): void {
    const { trusts, shadow } = this.options;
    if (this.enforcement.isReportOnly) new Logger('AuthModule').warn(NOTHING_ENFORCED);
    for (const { issuer, insecureHttp } of [...trusts, ...(shadow?.trusts ?? [])]) {
      if (insecureHttp === true) {
        new Logger('AuthModule').warn(`INSECURE: keys of ${issuer} may come over plain http`);
      }
    }
    void this.verifier.warmUp();
    this.verifier.followRevocations();
  }

  async onModuleDestroy(): Promise<void> {
    await this.verifier.unfollowRevocations();
  }
}
