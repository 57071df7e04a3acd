/** The options of AuthModule. */
import { type AuthObserver } from './auth.observer.js';
import { type ScopeDeclarations } from './access/declared-scopes.js';
import { type ClientCertificateOptions } from './client-certificate/client-certificate.source.js';
import { type AccessTokenCookieOptions } from './cookie/cookie.options.js';
import { type ProtectedResourceOptions } from './metadata/protected-resource.options.js';
import { type AuthTracer } from './observability/auth.tracer.js';
import { type DpopOptions } from './sender-constraint/dpop.options.js';
import { type EnforcementMode } from './shadow/enforcement.js';
import { type ShadowOptions } from './shadow/shadow.options.js';
import { type TrustOptions } from './trust/trust.options.js';

/** Token under which AuthModule's options are injected. */
export const AUTH_OPTIONS = Symbol('AUTH_OPTIONS');

/** What AuthModule needs to know. Only `trusts` has no default. */
export interface AuthModuleOptions {
  /** The issuers whose tokens are accepted, each with its own rules and keys. At least one. */
  readonly trusts: readonly TrustOptions[];
  /** Characters of a token, at most. Default 8192. */
  readonly maxTokenBytes?: number;
  /** Verified tokens that are remembered, at most; 0 turns the cache off. Default 10000. */
  readonly maxCachedTokens?: number;
  /**
   * URL of this resource's metadata, sent with every challenge. Default: that of
   * `protectedResource`; without one it is not sent.
   * @see RFC 9728 section 5.1
   */
  readonly resourceMetadata?: string;
  /**
   * Serves this resource's metadata under its well-known path, and sends its URL with every
   * challenge. Default: not served.
   * @see RFC 9728
   */
  readonly protectedResource?: ProtectedResourceOptions;
  /**
   * Also leave the principal in `request.user`, for handlers written for passport. It costs an
   * Express application some 3% of its throughput; `@CurrentPrincipal()` costs nothing. A user that
   * is there already is replaced in any case. Default false.
   */
  readonly requestUser?: boolean;
  /** Who is told of refusals and of keys. Default: a LoggingAuthObserver. */
  readonly observer?: AuthObserver;
  /** Who follows each stage of a request, for traces. Default: nobody, which costs nothing. */
  readonly tracer?: AuthTracer;
  /**
   * Other trusts or policies that are asked behind the requests: reported to the observer, and never
   * enforced. Default: none.
   */
  readonly shadow?: ShadowOptions;
  /**
   * What happens at start when a handler has none of @Public, @Authenticated, @Scopes, @AnyScope
   * and @Roles. `error` (default): the application does not start. `warn`: a log line a handler.
   * `off`: nothing. Whatever it is, such a handler wants a valid token. With
   * `enforcement: 'insecure-report-only'` the default is `warn`.
   */
  readonly routeAudit?: 'error' | 'warn' | 'off';
  /**
   * Takes tokens that are bound to a DPoP key, with a proof of that key. Default: a bound token is
   * refused, as nobody here could tell its owner from a thief.
   * @see RFC 9449 section 7
   */
  readonly dpop?: DpopOptions;
  /**
   * Takes tokens that are bound to a client certificate, from who proves that certificate: in the
   * connection itself (`{}`), or to a proxy that is trusted to pass it on. Default: such a token is
   * refused.
   * @see RFC 8705 section 3
   */
  readonly clientCertificates?: ClientCertificateOptions;
  /**
   * Takes tokens out of a cookie too, for applications in a browser, with a defence against requests
   * that other pages make it send. Default: no cookie is looked at.
   * @see draft-ietf-httpbis-rfc6265bis section 4.1.3.2
   */
  readonly cookie?: AccessTokenCookieOptions;
  /**
   * The scopes that there are, by `defineScopes`. A handler that asks for another one fails the
   * audit at the start. Default: not checked.
   */
  readonly scopes?: ScopeDeclarations;
  /** Milliseconds since the epoch. Default Date.now; tests give their own. */
  readonly clock?: () => number;
}

/** What has to be known before the options are: it decides which providers there are. */
export interface AuthModuleExtras {
  /** Guard every handler of the application. Default true; false leaves it to `@UseGuards`. */
  readonly global?: boolean;
  /** Answer refusals by BearerExceptionFilter. Default true; false leaves it to a filter of yours. */
  readonly exceptionFilter?: boolean;
  /**
   * `insecure-report-only`: AuthModule protects NOTHING, beside a guard that does; the observer hears
   * what it would have answered. Handlers that name its guards by `@UseGuards` are protected all the
   * same. Default `enforced`.
   */
  readonly enforcement?: EnforcementMode;
}
