/** Joins ports and adapters: the only place that knows both. */
import { Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { AuthModule } from '@keyward/auth';
import { Observability, ObservabilityModule } from '@keyward/observability';
import { ordersConfig } from './config/orders.config.js';
import { followRevocations } from './revocation/follow-revocations.js';
import { HealthController } from './health/health.controller.js';
import { OrderHistoryController } from './order/order-history.controller.js';
import { OrderStore } from './order/order.store.js';
import { ORDERS_SCOPES } from './order/orders.scopes.js';
import { OrdersController } from './order/orders.controller.js';
import { sampleOrders } from './order/sample-orders.js';
import { OrderPaymentController } from './payment/order-payment.controller.js';
import { OrderPayments } from './payment/order.payments.js';
import { PaymentModule } from './payment/payment.module.js';
import { FileOrderStore } from './storage/file-order.store.js';

@Module({
  imports: [
    // `.env` belongs to Docker Compose: a service reads the environment that it is given.
    ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, load: [ordersConfig] }),
    ObservabilityModule.forRootAsync({
      inject: [ordersConfig.KEY],
      useFactory: ({ observability }: ConfigType<typeof ordersConfig>) => ({
        service: 'orders-service',
        observability,
      }),
    }),
    AuthModule.forRootAsync({
      inject: [ordersConfig.KEY, Observability],
      useFactory: (config: ConfigType<typeof ordersConfig>, observability: Observability) => ({
        ...observability.authOptions,
        trusts: [
          {
            issuer: config.issuer,
            audience: config.audience,
            jwksUri: config.jwksUri,
            insecureHttp: config.insecureHttp,
            algorithms: [config.algorithm],
            revocation: followRevocations(config),
            introspection: config.introspection,
          },
        ],
        scopes: ORDERS_SCOPES,
        // One replica, as the file of orders has it: the proofs that came before are in its memory.
        dpop: { publicUrl: config.audience },
        protectedResource: {
          resource: config.audience,
          name: 'Orders',
          documentation: new URL('/docs', config.audience).href,
          insecureHttp: config.insecureHttp,
        },
      }),
    }),
    PaymentModule,
  ],
  controllers: [HealthController, OrderHistoryController, OrdersController, OrderPaymentController],
  providers: [
    OrderPayments,
    {
      provide: OrderStore,
      inject: [ordersConfig.KEY],
      useFactory: ({ file, demoCustomer }: ConfigType<typeof ordersConfig>) =>
        FileOrderStore.open(file, demoCustomer === undefined ? [] : sampleOrders(demoCustomer)),
    },
  ],
})
export class AppModule {}
