/** Forgets everything that somebody ordered: what cannot be undone wants a second factor, a moment ago. */
import { Controller, Delete, HttpCode } from '@nestjs/common';
import { ApiNoContentResponse } from '@nestjs/swagger';
import { CurrentPrincipal, Scopes, StepUp, type Principal } from '@keyward/auth';
import { customerOf } from './customer.js';
import { OrderStore } from './order.store.js';

/** What auth-service calls a sign-in by two factors, the surer kind last. */
const TWO_FACTORS = ['urn:keyward:acr:mfa', 'urn:keyward:acr:phr'];

@Controller('orders')
export class OrderHistoryController {
  constructor(private readonly orders: OrderStore) {}

  /** Removes all of the caller's orders. */
  @Delete()
  @Scopes('orders:write')
  @StepUp({ acr: TWO_FACTORS, maxAgeSeconds: 300 })
  @HttpCode(204)
  @ApiNoContentResponse()
  async clear(@CurrentPrincipal() principal: Principal): Promise<void> {
    await this.orders.removeAll(customerOf(principal));
  }
}
