/** The route that every server of the route benchmarks serves, with and without a scope. */
import { Controller, Get, Header } from '@nestjs/common';
import { Scopes } from '@keyward/auth';

const ANSWER = { orders: [] as const };

/** As an application writes it before it is protected. */
@Controller('orders')
export class OpenOrdersController {
  @Get()
  @Header('x-bench', '1')
  list(): object {
    return ANSWER;
  }
}

/** The same, protected by Keyward. */
@Controller('orders')
export class ScopedOrdersController {
  @Get()
  @Header('x-bench', '1')
  @Scopes('orders:read')
  list(): object {
    return ANSWER;
  }
}
