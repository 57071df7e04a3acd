import { Controller, Module, Param, Post, ServiceUnavailableException } from '@nestjs/common';
import {
  AuthModule,
  CurrentPrincipal,
  Scopes,
  StepUpChallenge,
  type Principal,
} from '@keyward/auth';
import {
  CurrentCaller,
  InjectServiceClient,
  ServiceClient,
  ServiceClientModule,
  stepUpDemandOf,
  type Caller,
} from '@keyward/auth/client';

@Controller('orders')
class OrdersController {
  constructor(
    @InjectServiceClient('payments') private readonly payments: ServiceClient,
    private readonly challenges: StepUpChallenge,
  ) {}

  @Post(':id/payment')
  @Scopes('orders:write')
  async pay(
    @CurrentPrincipal() principal: Principal,
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
  ) {
    const response = await this.payments.onBehalfOf(caller)(`/payments/${encodeURIComponent(id)}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ currency: 'EUR', amount_minor: 2500 }),
    });
    const demand = stepUpDemandOf(response);
    if (demand !== undefined) throw this.challenges.passOn(demand, principal);
    if (!response.ok) throw new ServiceUnavailableException();
    return response.json();
  }
}

/** What differs from one place to the next. */
export interface Landscape {
  readonly issuer: string;
  readonly orders: string;
  readonly payments: string;
  readonly clientSecret: string;
}

export function ordersModule({ issuer, orders, payments, clientSecret }: Landscape) {
  @Module({
    imports: [
      AuthModule.forRoot({ trusts: [{ issuer, audience: orders }] }),
      ServiceClientModule.forRoot({ issuer, client: { clientId: 'orders-service', clientSecret } }),
      ServiceClientModule.forFeature('payments', {
        url: payments,
        delegatedScope: 'payments:write',
        ownScope: 'payments:read',
      }),
    ],
    controllers: [OrdersController],
  })
  class OrdersModule {}
  return OrdersModule;
}
