/** Handler parameters that hold who is calling and the token they came with. */
import { type AuthorizationDetail } from '@keyward/oauth';
import {
  createParamDecorator,
  type ExecutionContext,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import { requestOf } from '../call/request-of.js';
import { presentedToken } from '../cookie/cookie-token.source.js';
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

/** Spelled out, since the type that would be inferred names what only NestJS 12 has. */
type DetailsParameter = (
  ...typeOrPipes: (string | undefined | PipeTransform | Type<PipeTransform>)[]
) => ParameterDecorator;

/**
 * The authorization details of the type that the request's token carries, frozen; all of them without
 * a type: `@CurrentAuthorizationDetails('payment') payments: readonly AuthorizationDetail[]`. Empty in a
 * `@Public` handler. To let nobody in without one is `@AuthorizationDetails`.
 * @see RFC 9396 section 9
 */
export const CurrentAuthorizationDetails: DetailsParameter = createParamDecorator(
  (type: string | undefined, context: ExecutionContext): readonly AuthorizationDetail[] => {
    const request = requestOf(context);
    const details = (request && principalOf(request))?.authorizationDetails ?? [];
    return type === undefined ? details : details.filter((detail) => detail.type === type);
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
    return presentedToken(request)?.token;
  },
);
