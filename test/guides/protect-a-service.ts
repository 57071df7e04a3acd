import { Controller, Get, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthModule, CurrentPrincipal, Public, Scopes, type Principal } from '@keyward/auth';

@Controller('invoices')
class InvoicesController {
  @Get()
  @Scopes('invoices:read')
  list(@CurrentPrincipal() { subject }: Principal) {
    return { invoicesOf: subject };
  }

  @Post(':id/approval')
  @Scopes('invoices:approve')
  approve(@Param('id') id: string, @CurrentPrincipal() { subject }: Principal) {
    return { invoice: id, approvedBy: subject };
  }
}

@Controller('health')
class HealthController {
  @Get()
  @Public()
  show() {
    return { status: 'up' };
  }
}

const auth = AuthModule.forRootAsync({
  useFactory: () => ({
    trusts: [
      {
        issuer: process.env['ISSUER'] ?? 'http://127.0.0.1:4000',
        audience: process.env['AUDIENCE'] ?? 'https://invoices.example.com',
      },
    ],
  }),
});

@Module({ imports: [auth], controllers: [InvoicesController, HealthController] })
class InvoicesModule {}

export function createApplication() {
  return NestFactory.create(InvoicesModule, { logger: ['error', 'warn'] });
}
