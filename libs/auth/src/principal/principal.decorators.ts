/** Handler parameters that hold who is calling and the token they came with. */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { extractAccessToken } from '../bearer/bearer-token.js';
import { requestOf } from '../call/request-of.js';
import { principalOf, type Principal } from './principal.js';

/**
 * The verified caller: `@CurrentPrincipal() principal: Principal`. Undefined in a `@Public` handler.
 */
export const CurrentPrincipal = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Principal | undefined => {
    const request = requestOf(context);
    return request && principalOf(request);
  },
);

/**
 * The access token of the request, verified, for calling on with it. Undefined in a `@Public`
 * handler. Never log it.
 */
export const AccessToken = createParamDecorator(
  (_data: unknown, context: ExecutionContext): string | undefined => {
    const request = requestOf(context);
    if (request === undefined || principalOf(request) === undefined) return undefined;
    return extractAccessToken(request)?.token;
  },
);
