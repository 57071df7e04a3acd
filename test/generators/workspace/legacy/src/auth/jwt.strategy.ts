import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { passportJwtSecret } from 'jwks-rsa';
import { ExtractJwt, Strategy } from 'passport-jwt';

@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor() {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: passportJwtSecret({
        cache: true,
        jwksUri: `${process.env.LEGACY_ISSUER}jwks`,
      }),
      issuer: process.env.LEGACY_ISSUER,
      audience: 'https://legacy.test',
      algorithms: ['RS256'],
    });
  }

  validate(payload: object) {
    return payload;
  }
}
