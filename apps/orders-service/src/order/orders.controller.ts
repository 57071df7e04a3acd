/** The orders of whoever calls: `orders:read` to see them, `orders:write` to change them. */
import { type ServerResponse } from 'node:http';
import {
  Body,
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
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
} from '@nestjs/swagger';
import { CurrentPrincipal, Scopes, type Principal } from '@keyward/auth';
import { customerOf } from './customer.js';
import { type OrderContent } from './order.js';
import {
  orderContentSchema,
  orderRepresentationSchema,
  representOrder,
  type OrderRepresentation,
} from './order.representation.js';
import { OrderStore } from './order.store.js';

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrderStore) {}

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

  /** Places an order. */
  @Post()
  @Scopes('orders:write')
  @Header('Cache-Control', 'no-store')
  @ApiCreatedResponse({ standardSchema: orderRepresentationSchema })
  async place(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: orderContentSchema }) content: OrderContent,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<OrderRepresentation> {
    const order = await this.orders.add(customerOf(principal), content);
    response.setHeader('Location', `/orders/${order.id}`);
    return representOrder(order);
  }

  /** Replaces what one of the caller's orders holds. */
  @Put(':id')
  @Scopes('orders:write')
  @Header('Cache-Control', 'no-store')
  @ApiOkResponse({ standardSchema: orderRepresentationSchema })
  @ApiNotFoundResponse({ description: 'The caller has no such order' })
  async replace(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Body({ schema: orderContentSchema }) content: OrderContent,
  ): Promise<OrderRepresentation> {
    return representOrder(found(await this.orders.replace(customerOf(principal), id, content)));
  }

  /** Removes one of the caller's orders. */
  @Delete(':id')
  @Scopes('orders:write')
  @HttpCode(204)
  @ApiNoContentResponse()
  @ApiNotFoundResponse({ description: 'The caller has no such order' })
  async remove(@CurrentPrincipal() principal: Principal, @Param('id') id: string): Promise<void> {
    if (!(await this.orders.remove(customerOf(principal), id))) throw new NotFoundException();
  }
}

// 404 for another customer's order too: 403 would tell that it exists.
function found<T>(order: T | null): T {
  if (order === null) throw new NotFoundException();
  return order;
}
