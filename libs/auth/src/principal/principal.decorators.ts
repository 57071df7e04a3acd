/** Handler parameters that hold who is calling and the token they came with. */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { extractBearerToken, type HttpRequest } from '../bearer/bearer-token.js';
import { principalOf, type AuthenticatedRequest, type Principal } from './principal.js';

/**
 * The verified caller: `@CurrentPrincipal() principal: Principal`. Undefined in a `@Public` handler.
 */
export const CurrentPrincipal = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Principal | undefined =>
    principalOf(context.switchToHttp().getRequest<AuthenticatedRequest>()),
);

/**
 * The access token of the request, verified, for calling on with it. Undefined in a `@Public`
 * handler. Never log it.
 */
export const AccessToken = createParamDecorator(
  (_data: unknown, context: ExecutionContext): string | undefined => {
    const request = context.switchToHttp().getRequest<HttpRequest & AuthenticatedRequest>();
    return principalOf(request) === undefined ? undefined : extractBearerToken(request);
  },
);
