/** The decorators that say who may call a handler: on a method, or on a controller for all of them. */
import { type CustomDecorator } from '@nestjs/common';
import { isScopeToken } from '@keyward/oauth';
import { declareAccess } from './access-metadata.js';
import { type Scope } from './declared-scopes.js';
import { type DetailPredicate } from './details-requirement.js';
import { stepUpRequirement, type StepUpOptions } from './step-up.js';

/**
 * Lets everyone in: the token, if one comes, is not even looked at.
 *
 * A method's decorators count before its controller's: `@Scopes` on a method of a public controller
 * protects it, and `@Public` on a method of a protected controller opens it.
 */
export function Public(): CustomDecorator {
  return declareAccess({ public: true });
}

/** Lets in whoever has a valid access token, whatever its scope. */
export function Authenticated(): CustomDecorator {
  return declareAccess({ authenticated: true });
}

/**
 * Lets in whoever has a token with all of `scopes`; otherwise 403 `insufficient_scope`.
 *
 * @throws TypeError, when the class is defined, for no scope or for text that is no scope token
 * @see RFC 6750 section 3.1
 */
export function Scopes(...scopes: [Scope, ...Scope[]]): CustomDecorator {
  return declareAccess({ scopes: scopeTokens('Scopes', scopes) });
}

/**
 * Lets in whoever has a token with at least one of `scopes`. Used twice, one of each is needed.
 *
 * @throws TypeError, when the class is defined, for no scope or for text that is no scope token
 */
export function AnyScope(...scopes: [Scope, ...Scope[]]): CustomDecorator {
  return declareAccess({ anyScope: [scopeTokens('AnyScope', scopes)] });
}

/**
 * Lets in whoever has at least one of `roles`, as the trust's claim mapping finds them. Used twice,
 * one of each is needed. Roles say what a person is, scope what the client may do for them: a
 * handler usually wants both.
 *
 * @throws TypeError, when the class is defined, for no role
 */
export function Roles(...roles: [string, ...string[]]): CustomDecorator {
  if (roles.length === 0 || roles.some((role) => typeof role !== 'string' || role === '')) {
    throw new TypeError('@Roles needs at least one role');
  }
  return declareAccess({ roles: [roles] });
}

/**
 * Lets in whoever signed in strongly and lately enough: `@StepUp({ acr: 'urn:mfa', maxAgeSeconds: 300 })`.
 * Otherwise 401 `insufficient_user_authentication`, which tells the client what to ask the
 * authorization server for. Used twice, both are needed.
 *
 * Scope is looked at first: nobody is sent to sign in for what they may not do anyway.
 *
 * @throws TypeError, when the class is defined, for no requirement or for one that cannot be met
 * @see RFC 9470 section 3
 */
export function StepUp(options: StepUpOptions): CustomDecorator {
  return declareAccess({ stepUp: stepUpRequirement(options) });
}

/** What `@Introspect` takes. */
export interface IntrospectOptions {
  /** How old the issuer's word may be, in seconds. Default 0: it is asked at every request. */
  readonly maxAgeSeconds?: number;
}

/**
 * Asks the token's issuer about it, once all that can be checked here is found good. For what must
 * be certain: payments, erasure. Inactive is 401 `invalid_token`; an issuer that cannot be asked is
 * 503. The trust needs `introspection`.
 *
 * @throws TypeError, when the class is defined, for an age that is no number of seconds
 * @see RFC 7662 section 2
 */
export function Introspect({ maxAgeSeconds = 0 }: IntrospectOptions = {}): CustomDecorator {
  if (!Number.isFinite(maxAgeSeconds) || maxAgeSeconds < 0) {
    throw new TypeError('@Introspect: maxAgeSeconds is not a number of seconds');
  }
  return declareAccess({ introspectionMaxAgeSeconds: maxAgeSeconds });
}

/**
 * Lets in whoever has a token with an authorization detail of `type`; with `accepts`, one that it
 * accepts for this very call. Otherwise 403 `insufficient_scope`. Used twice, both are needed.
 *
 * @example `@AuthorizationDetails('payment', (detail, context) => detail.to === bodyOf(context).to)`
 * @throws TypeError, when the class is defined, for no type
 * @see RFC 9396 section 9
 */
export function AuthorizationDetails(type: string, accepts?: DetailPredicate): CustomDecorator {
  if (typeof type !== 'string' || type === '') {
    throw new TypeError('@AuthorizationDetails needs a type');
  }
  return declareAccess({ authorizationDetails: [{ type, accepts }] });
}

function scopeTokens(decorator: string, scopes: readonly string[]): readonly string[] {
  if (scopes.length === 0) throw new TypeError(`@${decorator} needs at least one scope`);
  for (const scope of scopes) {
    if (typeof scope !== 'string' || !isScopeToken(scope)) {
      throw new TypeError(
        `@${decorator}(${JSON.stringify(scope)}): not one scope token; give several as arguments`,
      );
    }
  }
  return scopes;
}
