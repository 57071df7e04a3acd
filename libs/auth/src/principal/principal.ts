/** Who is calling: what a verified access token says, frozen. */
import { type AuthorizationDetail } from '@keyward/oauth';
import { type JsonObject } from '../jws/strict-json.js';

/** The caller of a protected handler. Every value comes from a token that passed every check. */
export interface Principal {
  /** The issuer that vouches for the rest; a subject means nothing without it. */
  readonly issuer: string;
  /** The resource owner, or the client itself where nobody signed in. Empty where `sub` is absent. */
  readonly subject: string;
  /** The client that the token was issued to, where the issuer says. */
  readonly clientId: string | undefined;
  /** Everyone the token is for; this resource server is one of them. */
  readonly audience: readonly string[];
  /** Scope tokens, each once. */
  readonly scopes: readonly string[];
  /** Roles, where the trust maps some. */
  readonly roles: readonly string[];
  /** `jti`, where there is one. */
  readonly tokenId: string | undefined;
  /** The sign-in that the token came from, where there was one. */
  readonly grantId: string | undefined;
  /** `exp`, in seconds since the epoch. */
  readonly expiresAt: number;
  /** `iat`, in seconds since the epoch, where there is one. */
  readonly issuedAt: number | undefined;
  /** What was allowed as data, frozen at every depth; empty where the token says nothing (RFC 9396). */
  readonly authorizationDetails: readonly AuthorizationDetail[];
  /** The whole payload. Its members are frozen at every depth. */
  readonly claims: JsonObject;
}

/**
 * Marks a principal as one that a verifier made, so that whatever else a session or another library
 * leaves in `request.user` is never taken for one. Registered, so that two copies of this package
 * agree.
 */
export const VERIFIED: unique symbol = Symbol.for('@keyward/auth:verified') as never;

/**
 * Principals that their issuer vouched for when their request was answered. One is made for each
 * such request, so that it is never met again where nobody asked.
 */
const introspected = new WeakSet<Principal>();

/** Notes that the issuer was asked about this very principal. */
export function markIntrospected(principal: Principal): void {
  introspected.add(principal);
}

/** Whether the issuer was asked about this very principal, as `@Introspect` wants it. */
export function isIntrospected(principal: Principal): boolean {
  return introspected.has(principal);
}

/** A request as the guards see it. */
export interface AuthenticatedRequest {
  /** Where passport leaves the principal. */
  user?: unknown;
}

/**
 * Principals by request. They stand beside the request and not in it: one more property costs an
 * Express request as much as looking up its token does, because V8 has to give it a new shape.
 */
const principals = new WeakMap<AuthenticatedRequest, Principal>();

/** Leaves the principal of a request where `principalOf` finds it. */
export function setPrincipal(request: AuthenticatedRequest, principal: Principal): void {
  principals.set(request, principal);
}

/** The principal of a request that passed AccessTokenGuard or `AuthGuard('jwt')`. */
export function principalOf(request: AuthenticatedRequest): Principal | undefined {
  const principal = principals.get(request);
  if (principal !== undefined) return principal;
  const { user } = request;
  const marked = typeof user === 'object' && user !== null && Object.hasOwn(user, VERIFIED);
  return marked ? (user as Principal) : undefined;
}
