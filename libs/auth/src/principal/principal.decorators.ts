/** Handler parameters that hold who is calling and the token they came with. */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ACCESS_TOKEN, PRINCIPAL, type AuthenticatedRequest, type Principal } from './principal.js';

/**
 * The verified caller: `@CurrentPrincipal() principal: Principal`. Undefined in a `@Public` handler.
 */
export const CurrentPrincipal = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Principal | undefined =>
    context.switchToHttp().getRequest<AuthenticatedRequest>()[PRINCIPAL],
);

/**
 * The access token of the request, verified, for calling on with it. Undefined in a `@Public`
 * handler. Never log it.
 */
export const AccessToken = createParamDecorator(
  (_data: unknown, context: ExecutionContext): string | undefined =>
    context.switchToHttp().getRequest<AuthenticatedRequest>()[ACCESS_TOKEN],
);
