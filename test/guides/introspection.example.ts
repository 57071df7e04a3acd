import { Controller, Get, Module, Post } from '@nestjs/common';
import { AuthModule, Introspect, Scopes } from '@keyward/auth';

@Controller('payments')
class PaymentsController {
  @Get()
  @Scopes('payments:read')
  list() {
    return [];
  }

  @Post()
  @Scopes('payments:write')
  @Introspect()
  pay() {
    return { paid: true };
  }
}

const trusts = [
  {
    issuer: 'https://login.example.com',
    audience: 'https://payments.example.com',
    introspection: {
      client: { clientId: 'payments', clientSecret: process.env['CLIENT_SECRET'] ?? 'unset' },
      signedResponse: true,
    },
  },
];
@Module({ imports: [AuthModule.forRoot({ trusts })], controllers: [PaymentsController] })
export class PaymentsModule {}
