import { Body, Controller, Delete, Get, Inject, Module, Post, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  AccessTokenCookies,
  AuthModule,
  Authenticated,
  CurrentPrincipal,
  Public,
  Scopes,
  type AccessTokenCookieOptions,
  type Principal,
} from '@keyward/auth';
import { type Response } from 'express';

/** The same at the backend that sets the cookies and at the services that take them. */
function cookieOptions(): AccessTokenCookieOptions {
  const key = Buffer.from(process.env['CSRF_KEY'] ?? '', 'base64url');
  return {
    name: '__Host-access-token',
    csrf: { allowedOrigins: ['https://shop.example.com'], token: { keys: [key] } },
  };
}

/** Stands for the code that redeems an authorization code at the authorization server. */
export abstract class SignIn {
  abstract redeem(code: string): Promise<{ accessToken: string; expiresInSeconds: number }>;
}

@Controller('session')
class SessionController {
  readonly #cookies = new AccessTokenCookies(cookieOptions());

  constructor(@Inject(SignIn) private readonly signIn: SignIn) {}

  @Post()
  @Public()
  async open(@Body('code') code: string, @Res({ passthrough: true }) response: Response) {
    const { accessToken, expiresInSeconds } = await this.signIn.redeem(code);
    const lifetime = { maxAgeSeconds: expiresInSeconds };
    response.append('Set-Cookie', this.#cookies.issue(accessToken, lifetime));
  }

  @Delete()
  @Authenticated()
  close(@Res({ passthrough: true }) response: Response) {
    response.append('Set-Cookie', this.#cookies.clear());
  }
}

@Controller('orders')
class OrdersController {
  @Get()
  @Scopes('orders:read')
  list(@CurrentPrincipal() { subject }: Principal) {
    return [`an order of ${subject}`];
  }

  @Post()
  @Scopes('orders:write')
  create() {
    return { created: true };
  }
}

export const trusts = [
  { issuer: 'https://login.example.com', audience: 'https://api.shop.example.com' },
];

/** Called with the trusts and the way to sign in; a test has its own of both. */
export function createApplication(
  signIn: SignIn,
  trusted: Parameters<typeof AuthModule.forRoot>[0]['trusts'] = trusts,
) {
  @Module({
    imports: [AuthModule.forRoot({ trusts: trusted, cookie: cookieOptions() })],
    controllers: [SessionController, OrdersController],
    providers: [{ provide: SignIn, useValue: signIn }],
  })
  class ShopModule {}
  return NestFactory.create(ShopModule, { logger: ['error'] });
}
