/** Pays for orders, and shows what was paid: to who paid, and to the client through which they did. */
import {
  Body,
  ConflictException,
  Controller,
  ForbiddenException,
  Get,
  Header,
  Inject,
  Param,
  Put,
  Query,
} from '@nestjs/common';
import { type ConfigType } from '@nestjs/config';
import { ApiConflictResponse, ApiOkResponse } from '@nestjs/swagger';
import { CurrentPrincipal, Scopes, StepUpChallenge, type Principal } from '@keyward/auth';
import { paymentsConfig } from '../config/payments.config.js';
import { isClientItself, payerOf, type Payment } from './payment.js';
import {
  orderIdSchema,
  paymentContentSchema,
  paymentOrderFrom,
  paymentRepresentationSchema,
  representPayment,
  type PaymentContent,
  type PaymentRepresentation,
} from './payment.representation.js';
import { PaymentConflictError, PaymentStore } from './payment.store.js';

@Controller('payments')
export class PaymentsController {
  constructor(
    private readonly payments: PaymentStore,
    private readonly challenges: StepUpChallenge,
    @Inject(paymentsConfig.KEY) private readonly config: ConfigType<typeof paymentsConfig>,
  ) {}

  /**
   * Lists payments, oldest first: a person's own, or, for a client that calls for itself, all that it
   * asked for. With `order_id`, those for one order.
   */
  @Get()
  @Scopes('payments:read')
  @Header('Cache-Control', 'no-store')
  @ApiOkResponse({ standardSchema: paymentRepresentationSchema, isArray: true })
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query('order_id', { schema: orderIdSchema.optional() }) orderId?: string,
  ): Promise<PaymentRepresentation[]> {
    const payer = payerFor(principal);
    const payments = isClientItself(principal)
      ? await this.payments.listOfClient(payer)
      : await this.payments.listOfSubject(payer);
    const wanted = orderId?.toLowerCase();
    return payments
      .filter((payment) => wanted === undefined || payment.orderId === wanted)
      .map(representPayment);
  }

  /**
   * Pays for an order, once: the same request again is answered with the same payment. Above the limit it
   * takes a stronger sign-in; what is paid already takes nothing.
   */
  @Put(':order_id')
  @Scopes('payments:write')
  @Header('Cache-Control', 'no-store')
  @ApiOkResponse({ standardSchema: paymentRepresentationSchema })
  @ApiConflictResponse({ description: 'The order was paid with another amount' })
  async pay(
    @CurrentPrincipal() principal: Principal,
    @Param('order_id', { schema: orderIdSchema }) orderId: string,
    @Body({ schema: paymentContentSchema }) content: PaymentContent,
  ): Promise<PaymentRepresentation> {
    const payer = payerFor(principal);
    const order = paymentOrderFrom(orderId, content);
    const isPaid = (await this.payments.find(payer, order.orderId)) !== null;
    if (!isPaid && order.amountMinor > this.config.stepUpLimitMinor) {
      this.challenges.require(principal, { acr: this.config.stepUpAcr }, 'payments:write');
    }
    return representPayment(await orConflict(this.payments.pay(payer, order)));
  }
}

// A token that names nobody must not make everyone whom it fails to name one payer.
function payerFor(principal: Principal) {
  if (principal.subject !== '') return payerOf(principal);
  throw new ForbiddenException('The access token names no subject');
}

async function orConflict(payment: Promise<Payment>): Promise<Payment> {
  try {
    return await payment;
  } catch (error) {
    if (!(error instanceof PaymentConflictError)) throw error;
    throw new ConflictException('The order was paid with another amount');
  }
}
