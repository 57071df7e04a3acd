import { Controller, Get, Module } from '@nestjs/common';
import { AuthModule, CurrentPrincipal, Scopes, type Principal } from '@keyward/auth';

@Controller('orders')
class OrdersController {
  @Get()
  @Scopes('orders:read')
  list(@CurrentPrincipal() { subject }: Principal) {
    return { ordersOf: subject };
  }
}

const trusts = [{ issuer: 'https://login.example.com', audience: 'https://orders.example.com' }];
@Module({ imports: [AuthModule.forRoot({ trusts })], controllers: [OrdersController] })
export class OrdersModule {}
