import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { AuthModule, Scopes } from '@keyward/auth';
import { ExtractJwt, Strategy } from 'passport-jwt';

class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor() {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: process.env['JWT_PUBLIC_KEY'] ?? '',
      issuer: 'https://login.example.com',
      audience: 'https://orders.example.com',
      algorithms: ['ES256'],
    });
  }

  validate(payload: unknown) {
    return payload;
  }
}

@Controller('orders')
class OrdersController {
  @Get()
  @UseGuards(AuthGuard('jwt')) // decides, as before
  @Scopes('orders:read') // is reported
  list() {
    return [];
  }
}

@Module({
  imports: [
    AuthModule.forRoot({
      enforcement: 'insecure-report-only',
      trusts: [{ issuer: 'https://login.example.com', audience: 'https://orders.example.com' }],
    }),
  ],
  controllers: [OrdersController],
  providers: [JwtStrategy],
})
export class OrdersModule {}
