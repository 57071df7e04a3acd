/** The Nest module of services that call other services. */
import {
  ConfigurableModuleBuilder,
  Inject,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
} from '@nestjs/common';
import { type ServiceTokenOptions, type TargetOptions } from './service-token.options.js';
import { ServiceClient } from './service.client.js';
import { ServiceTokens } from './service.tokens.js';

/** Token under which the module's options are injected. */
export const SERVICE_TOKEN_OPTIONS = Symbol('SERVICE_TOKEN_OPTIONS');

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<ServiceTokenOptions>({
  optionsInjectionToken: SERVICE_TOKEN_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras({}, (definition) => ({ ...definition, global: true }))
  .build();

/** How the options of a target are made. */
export interface TargetFactory
  extends
    Pick<ModuleMetadata, 'imports'>,
    Pick<FactoryProvider<TargetOptions>, 'inject' | 'useFactory'> {}

/** The token of the client of one target. */
export function serviceClientToken(name: string): string {
  return `@keyward/auth:service-client:${name}`;
}

/** Injects the client of a target: `@InjectServiceClient('payments') payments: ServiceClient`. */
export function InjectServiceClient(name: string): ParameterDecorator {
  return Inject(serviceClientToken(name));
}

/**
 * Gives a service its tokens, and clients of the services that it calls:
 *
 * ```ts
 * ServiceClientModule.forRoot({ issuer, client: { clientId: 'orders-service', clientSecret } }),
 * ServiceClientModule.forFeature('payments', { url: 'https://payments.example' }),
 * ```
 *
 * `forRoot` (or `forRootAsync`) once; `forFeature` (or `forFeatureAsync`) in each module that injects
 * the client. It works without AuthModule too: a worker calls as itself.
 */
@Module({
  providers: [
    {
      provide: ServiceTokens,
      inject: [SERVICE_TOKEN_OPTIONS],
      useFactory: (options: ServiceTokenOptions) => new ServiceTokens(options),
    },
  ],
  exports: [ServiceTokens],
})
export class ServiceClientModule extends ConfigurableModuleClass {
  /** The client of a target whose options are known. */
  static forFeature(name: string, target: TargetOptions): DynamicModule {
    return ServiceClientModule.forFeatureAsync(name, { useFactory: () => target });
  }

  /** The client of a target whose options come from the configuration. */
  static forFeatureAsync(
    name: string,
    { imports = [], inject = [], useFactory }: TargetFactory,
  ): DynamicModule {
    const provide = serviceClientToken(name);
    const client: FactoryProvider<ServiceClient> = {
      provide,
      inject: [ServiceTokens, ...inject],
      useFactory: async (tokens: ServiceTokens, ...injected: unknown[]) =>
        new ServiceClient(tokens, await useFactory(...injected)),
    };
    return { module: TargetModule, imports, providers: [client], exports: [provide] };
  }
}

/** Holds the client of one target; forRoot's module is one and global, these are many. */
@Module({})
class TargetModule {}
