/** A resource server as a process of its own, which learns of keys by the age of its JWK Set alone. */
import 'reflect-metadata';
import { Controller, Get } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthModule, Public, Scopes } from '@keyward/auth';

const { PORT = '', ISSUER = '', AUDIENCE = '', JWKS_URI = '', SCOPE = '' } = process.env;

@Controller()
class OrdersController {
  @Get('ready')
  @Public()
  ready(): object {
    return {};
  }

  @Get('orders')
  @Scopes(SCOPE)
  orders(): object {
    return {};
  }
}

const app = await NestFactory.create(
  {
    module: class CachingResourceServer {},
    controllers: [OrdersController],
    imports: [
      AuthModule.forRoot({
        trusts: [
          {
            issuer: ISSUER,
            audience: AUDIENCE,
            algorithms: ['ES256'],
            jwksUri: JWKS_URI,
            // No fetch for an unknown kid, and none before the set is due: who relies on either is refused.
            jwksOptions: { minMaxAgeSeconds: 1, unknownKidBurst: 0 },
          },
        ],
      }),
    ],
  },
  { logger: ['warn', 'error'] },
);
app.enableShutdownHooks();
await app.listen(Number(PORT), '127.0.0.1');
