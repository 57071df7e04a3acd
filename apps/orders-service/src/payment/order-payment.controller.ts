/** Pays for an order that was placed: after a step-up, or when payments were away. */
import { Controller, Header, HttpCode, NotFoundException, Param, Post } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse } from '@nestjs/swagger';
import { CurrentPrincipal, Scopes, StepUpChallenge, type Principal } from '@keyward/auth';
import { CurrentCaller, type Caller } from '@keyward/auth/client';
import { customerOf } from '../order/customer.js';
import {
  orderRepresentationSchema,
  representOrder,
  type OrderRepresentation,
} from '../order/order.representation.js';
import { OrderPayments } from './order.payments.js';
import { answerToPayment } from './payment.answer.js';

@Controller('orders/:id/payment')
export class OrderPaymentController {
  constructor(
    private readonly payments: OrderPayments,
    private readonly challenges: StepUpChallenge,
  ) {}

  /** Pays for one of the caller's orders; once, however often it is asked for. */
  @Post()
  @HttpCode(200)
  @Scopes('orders:write')
  @Header('Cache-Control', 'no-store')
  @ApiOkResponse({ standardSchema: orderRepresentationSchema })
  @ApiNotFoundResponse({ description: 'The caller has no such order, or nobody takes payments' })
  async pay(
    @CurrentPrincipal() principal: Principal,
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
  ): Promise<OrderRepresentation> {
    if (!this.payments.isConfigured) throw new NotFoundException('Nobody takes payments');
    const order = await this.payments
      .pay(customerOf(principal), id, caller)
      .catch((error: unknown) => {
        throw answerToPayment(error, principal, this.challenges);
      });
    // Another customer's order is as absent as one that does not exist.
    if (order === null) throw new NotFoundException();
    return representOrder(order);
  }
}
