/** The usual recipe, as the documentation of NestJS, passport-jwt and jwks-rsa gives it. */
import {
  Controller,
  ForbiddenException,
  Get,
  Header,
  Module,
  Req,
  UseGuards,
  type DynamicModule,
} from '@nestjs/common';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import jwksRsa from 'jwks-rsa';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { type ServerSettings } from './settings.js';

@Controller('orders')
class RecipeOrdersController {
  @Get()
  @Header('x-bench', '1')
  @UseGuards(AuthGuard('recipe'))
  list(@Req() request: { user: { scope: string } }): object {
    if (!request.user.scope.split(' ').includes('orders:read')) throw new ForbiddenException();
    return { orders: [] };
  }
}

/** A module with the strategy of the recipe, set up for the benchmark's issuer. */
@Module({})
export class PassportRecipeModule {
  static for({ jwksUri, issuer, audience, algorithm }: ServerSettings): DynamicModule {
    class RecipeStrategy extends PassportStrategy(Strategy, 'recipe') {
      constructor() {
        super({
          secretOrKeyProvider: jwksRsa.passportJwtSecret({
            cache: true,
            rateLimit: true,
            jwksRequestsPerMinute: 5,
            jwksUri,
          }),
          jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
          issuer,
          audience,
          algorithms: [algorithm],
        });
      }

      validate(payload: unknown): unknown {
        return payload;
      }
    }
    return {
      module: PassportRecipeModule,
      imports: [PassportModule],
      controllers: [RecipeOrdersController],
      providers: [RecipeStrategy],
    };
  }
}
