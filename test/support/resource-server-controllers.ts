/** Handlers of the resource server under attack: one for each kind of protection. */
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import {
  AccessToken,
  AnyScope,
  Authenticated,
  CurrentPrincipal,
  Public,
  Roles,
  Scopes,
  type Principal,
} from '@keyward/auth';

/** Every answer says who was let in, so that a test sees whose token counted. */
@Controller()
export class OrdersController {
  @Get('public')
  @Public()
  open(
    @CurrentPrincipal() principal: Principal | undefined,
    @AccessToken() token?: string,
  ): object {
    return {
      principal: principal === undefined ? 'none' : principal.subject,
      token: token ?? 'none',
    };
  }

  @Get('public/:page')
  @Public()
  page(@Param('page') page: string): object {
    return { page };
  }

  @Get('me')
  @Authenticated()
  me(@CurrentPrincipal() principal: Principal, @AccessToken() token: string): object {
    return { principal: principal.subject, client: principal.clientId, token };
  }

  @Get('orders')
  @Scopes('orders:read')
  list(@CurrentPrincipal() principal: Principal): object {
    return { subject: principal.subject, issuer: principal.issuer };
  }

  @Get('orders/:id')
  @Scopes('orders:read')
  read(@Param('id') id: string): object {
    return { id };
  }

  @Post('orders')
  @Scopes('orders:read', 'orders:write')
  create(@Body() body: unknown): object {
    return { created: typeof body };
  }

  @Get('reports')
  @AnyScope('reports:read', 'reports:admin')
  reports(): object {
    return { reports: [] };
  }

  @Get('admin')
  @Roles('admin', 'owner')
  admin(): object {
    return { admin: true };
  }
}
