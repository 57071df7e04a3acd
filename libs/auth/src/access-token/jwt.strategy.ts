/** Lets `AuthGuard('jwt')` go on working: passport's name for what the verifier decides. */
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { RequestAuthenticator } from '../access/request-authenticator.js';
import { extractBearerToken, type HttpRequest } from '../bearer/bearer-token.js';
import { type AuthenticatedRequest, type Principal } from '../principal/principal.js';

/**
 * passport-jwt's strategy under its name `jwt`, with the checks of AccessTokenVerifier in place of
 * its own, which know neither `typ` nor EdDSA and go by whichever key they are handed. The user of
 * the request is the Principal. New code needs none of this: AccessTokenGuard is already there.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(private readonly authenticator: RequestAuthenticator) {
    super({
      jwtFromRequest: (request: unknown) => extractBearerToken(request as HttpRequest) ?? null,
      secretOrKeyProvider: (_request: unknown, _token: unknown, done: (error: Error) => void) =>
        done(new Error('passport-jwt must not verify tokens here')),
    });
  }

  /** Passport calls this on a copy of the strategy that has `success` and `error`. */
  override authenticate(this: this & PassportActions, request: unknown): void {
    void Promise.resolve()
      .then(() => this.authenticator.authenticate(request as HttpRequest & AuthenticatedRequest))
      .then(
        (principal) => this.success(principal),
        // An error, not a failure: passport turns failures into a bare 401 and loses the challenge.
        (error: Error) => this.error(error),
      );
  }

  /** Never called: passport-jwt would call it with a payload that it had verified itself. */
  validate(): never {
    throw new Error('passport-jwt must not verify tokens here');
  }
}

interface PassportActions {
  success(user: Principal): void;
  error(error: Error): void;
}
