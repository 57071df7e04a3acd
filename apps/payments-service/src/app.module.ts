/** Joins ports and adapters: the only place that knows both. */
import { Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { AuthModule } from '@keyward/auth';
import { Observability, ObservabilityModule } from '@keyward/observability';
import { paymentsConfig } from './config/payments.config.js';
import { HealthController } from './health/health.controller.js';
import { PaymentStore } from './payment/payment.store.js';
import { PaymentsController } from './payment/payments.controller.js';
import { PAYMENTS_SCOPES } from './payment/payments.scopes.js';
import { JournalPaymentStore } from './storage/journal-payment.store.js';
import { foreignTrusts } from './trust/foreign.trust.js';
import { issuerTrust } from './trust/issuer.trust.js';

@Module({
  imports: [
    // `.env` belongs to Docker Compose: a service reads the environment that it is given.
    ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, load: [paymentsConfig] }),
    ObservabilityModule.forRootAsync({
      inject: [paymentsConfig.KEY],
      useFactory: ({ observability }: ConfigType<typeof paymentsConfig>) => ({
        service: 'payments-service',
        observability,
      }),
    }),
    AuthModule.forRootAsync({
      inject: [paymentsConfig.KEY, Observability],
      useFactory: (config: ConfigType<typeof paymentsConfig>, observability: Observability) => ({
        ...observability.authOptions,
        trusts: [issuerTrust(config), ...foreignTrusts(config)],
        scopes: PAYMENTS_SCOPES,
        // One replica, as the journal has it: the proofs that came before are in its memory.
        dpop: { publicUrl: config.audience },
        protectedResource: {
          resource: config.audience,
          name: 'Payments',
          documentation: new URL('/docs-json', config.audience).href,
          insecureHttp: config.insecureHttp,
        },
      }),
    }),
  ],
  controllers: [HealthController, PaymentsController],
  providers: [
    {
      provide: PaymentStore,
      inject: [paymentsConfig.KEY],
      useFactory: ({ file }: ConfigType<typeof paymentsConfig>) => JournalPaymentStore.open(file),
    },
  ],
})
export class AppModule {}
