/** Joins orders with payments, where they are configured. */
import { Module } from '@nestjs/common';
import { type ConfigType } from '@nestjs/config';
import { ServiceClient, ServiceTokens } from '@keyward/auth/client';
import { ordersConfig, type OrdersConfiguration } from '../config/orders.config.js';
import { HttpPaymentGateway, PAYMENT_SCOPE } from './http-payment.gateway.js';
import { PaymentGateway } from './payment.gateway.js';

/** Tokens for payments by this service's own credentials; ServiceClientModule does the same for who always calls. */
function paymentGateway({
  issuer,
  insecureHttp,
  payments,
}: OrdersConfiguration): PaymentGateway | null {
  if (payments === undefined) return null;
  const { url, audience, tokenUrl, clientId, clientSecret } = payments;
  const tokens = new ServiceTokens({
    issuer,
    tokenEndpoint: tokenUrl,
    client: { clientId, clientSecret },
    insecureHttp,
  });
  return new HttpPaymentGateway(
    new ServiceClient(tokens, {
      url,
      resource: audience,
      ownScope: 'payments:read',
      delegatedScope: PAYMENT_SCOPE,
      insecureHttp,
    }),
  );
}

@Module({
  providers: [
    {
      provide: PaymentGateway,
      inject: [ordersConfig.KEY],
      useFactory: (config: ConfigType<typeof ordersConfig>) => paymentGateway(config),
    },
  ],
  exports: [PaymentGateway],
})
export class PaymentModule {}
