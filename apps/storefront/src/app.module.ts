/** Joins the storefront: sign-in and sessions of its backend, and what its pages ask for. */
import { Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { ObservabilityModule } from '@keyward/observability';
import { BffModule, type BffOptions } from '@keyward/auth/bff';
import { BrowserClientController } from './browser-client/browser-client.controller.js';
import { storefrontConfig } from './config/storefront.config.js';
import { HealthController } from './health/health.controller.js';
import { SignedOutController } from './pages/signed-out.controller.js';
import { SessionModule } from './session/session.module.js';
import { SessionStores } from './session/session-stores.js';

@Module({
  imports: [
    // `.env` belongs to Docker Compose: a service reads the environment that it is given.
    ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, load: [storefrontConfig] }),
    ObservabilityModule.forRootAsync({
      inject: [storefrontConfig.KEY],
      useFactory: ({ observability }: ConfigType<typeof storefrontConfig>) => ({
        service: 'storefront',
        observability,
      }),
    }),
    BffModule.forRootAsync({
      imports: [SessionModule],
      inject: [storefrontConfig.KEY, SessionStores],
      useFactory: (
        config: ConfigType<typeof storefrontConfig>,
        stores: SessionStores,
      ): BffOptions => ({
        publicUrl: config.publicUrl,
        issuer: config.issuer,
        issuerOrigin: config.issuerOrigin,
        clientId: config.clientId,
        clientAuthentication: { clientSecret: config.clientSecret },
        algorithm: config.algorithm,
        scope: config.scope,
        stores: stores.open(config),
        claims: ['name', 'preferred_username'],
        signedOutPath: '/signed-out',
        insecureHttp: config.insecureHttp,
        insecureCookies: config.insecureCookies,
        targets: [
          {
            path: '/api/orders',
            url: `${config.ordersUrl}/orders`,
            resource: config.ordersAudience,
            maxRequestBytes: 64 * 1024,
          },
        ],
      }),
    }),
  ],
  controllers: [HealthController, BrowserClientController, SignedOutController],
})
export class AppModule {}
