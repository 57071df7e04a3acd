/** The orders of whoever calls: `orders:read` to see them, `orders:write` to change them. */
import { type ServerResponse } from 'node:http';
import {
  Body,
  ConflictException,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Put,
  Res,
} from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
} from '@nestjs/swagger';
import { CurrentPrincipal, Scopes, StepUpChallenge, type Principal } from '@keyward/auth';
import { CurrentCaller, type Caller } from '@keyward/auth/client';
import { OrderPayments } from '../payment/order.payments.js';
import { answerToPayment, leavesUnpaid } from '../payment/payment.answer.js';
import { customerOf } from './customer.js';
import { type OrderContent } from './order.js';
import {
  orderContentSchema,
  orderRepresentationSchema,
  representOrder,
  type OrderRepresentation,
} from './order.representation.js';
import { OrderLockedError, OrderStore } from './order.store.js';

@Controller('orders')
export class OrdersController {
  constructor(
    private readonly orders: OrderStore,
    private readonly payments: OrderPayments,
    private readonly challenges: StepUpChallenge,
  ) {}

  /** Lists the caller's orders, oldest first. */
  @Get()
  @Scopes('orders:read')
  @Header('Cache-Control', 'no-store')
  @ApiOkResponse({ standardSchema: orderRepresentationSchema, isArray: true })
  async list(@CurrentPrincipal() principal: Principal): Promise<OrderRepresentation[]> {
    return (await this.orders.list(customerOf(principal))).map(representOrder);
  }

  /** Shows one of the caller's orders. */
  @Get(':id')
  @Scopes('orders:read')
  @Header('Cache-Control', 'no-store')
  @ApiOkResponse({ standardSchema: orderRepresentationSchema })
  @ApiNotFoundResponse({ description: 'The caller has no such order' })
  async show(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
  ): Promise<OrderRepresentation> {
    return representOrder(found(await this.orders.find(customerOf(principal), id)));
  }

  /**
   * Places an order, and pays for it where payments are configured. Where the payment needs a stronger
   * sign-in the answer is 401 with that challenge and with the order's `Location`: it is placed, and
   * unpaid. Whatever else is in the way of the payment leaves the order unpaid or pending.
   */
  @Post()
  @Scopes('orders:write')
  @Header('Cache-Control', 'no-store')
  @ApiCreatedResponse({ standardSchema: orderRepresentationSchema })
  async place(
    @CurrentPrincipal() principal: Principal,
    @CurrentCaller() caller: Caller,
    @Body({ schema: orderContentSchema }) content: OrderContent,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<OrderRepresentation> {
    const customer = customerOf(principal);
    const { id } = await this.orders.add(customer, content);
    response.setHeader('Location', `/orders/${id}`);
    if (this.payments.isConfigured) {
      try {
        await this.payments.pay(customer, id, caller);
      } catch (error) {
        if (!leavesUnpaid(error)) throw answerToPayment(error, principal, this.challenges);
      }
    }
    return representOrder(found(await this.orders.find(customer, id)));
  }

  /** Replaces what one of the caller's orders holds. */
  @Put(':id')
  @Scopes('orders:write')
  @Header('Cache-Control', 'no-store')
  @ApiOkResponse({ standardSchema: orderRepresentationSchema })
  @ApiNotFoundResponse({ description: 'The caller has no such order' })
  @ApiConflictResponse({ description: 'The order is paid, or about to be' })
  async replace(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Body({ schema: orderContentSchema }) content: OrderContent,
  ): Promise<OrderRepresentation> {
    const replaced = this.orders.replace(customerOf(principal), id, content);
    return representOrder(found(await orConflict(replaced)));
  }

  /** Removes one of the caller's orders. */
  @Delete(':id')
  @Scopes('orders:write')
  @HttpCode(204)
  @ApiNoContentResponse()
  @ApiNotFoundResponse({ description: 'The caller has no such order' })
  @ApiConflictResponse({ description: 'The order is paid, or about to be' })
  async remove(@CurrentPrincipal() principal: Principal, @Param('id') id: string): Promise<void> {
    const removed = await orConflict(this.orders.remove(customerOf(principal), id));
    if (!removed) throw new NotFoundException();
  }
}

// 404 for another customer's order too: 403 would tell that it exists.
function found<T>(order: T | null): T {
  if (order === null) throw new NotFoundException();
  return order;
}

async function orConflict<T>(change: Promise<T>): Promise<T> {
  try {
    return await change;
  } catch (error) {
    if (!(error instanceof OrderLockedError)) throw error;
    throw new ConflictException('The order is paid, or about to be');
  }
}
