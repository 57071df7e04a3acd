/** The decorators that say who may call a handler: on a method, or on a controller for all of them. */
import { type CustomDecorator } from '@nestjs/common';
import { isScopeToken } from '@keyward/oauth';
import { declareAccess } from './access-metadata.js';

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
export function Scopes(...scopes: [string, ...string[]]): CustomDecorator {
  return declareAccess({ scopes: scopeTokens('Scopes', scopes) });
}

/**
 * Lets in whoever has a token with at least one of `scopes`. Used twice, one of each is needed.
 *
 * @throws TypeError, when the class is defined, for no scope or for text that is no scope token
 */
export function AnyScope(...scopes: [string, ...string[]]): CustomDecorator {
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
