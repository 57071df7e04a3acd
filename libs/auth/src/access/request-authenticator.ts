/** Takes an HTTP request to its principal, or to the answer that it gets instead. */
import { Inject, Injectable } from '@nestjs/common';
import { AccessTokenVerifier } from '../access-token/access-token.verifier.js';
import { RefusedTokenError } from '../access-token/refusal.js';
import { AuthObserver } from '../auth.observer.js';
import { AUTH_OPTIONS, type AuthModuleOptions } from '../auth.options.js';
import { formatChallenge } from '../bearer/bearer-challenge.js';
import {
  extractBearerToken,
  extractDpopToken,
  type HttpRequest,
  type TokenScheme,
} from '../bearer/bearer-token.js';
import { CookieTokenSource } from '../cookie/cookie-token.source.js';
import { type AuthTracer } from '../observability/auth.tracer.js';
import { traced } from '../observability/traced.js';
import { resourceMetadataUri } from '../metadata/protected-resource.options.js';
import { setPrincipal, type AuthenticatedRequest, type Principal } from '../principal/principal.js';
import { confirmationMethods } from '../sender-constraint/confirmation.methods.js';
import { SenderCheck } from '../sender-constraint/sender.check.js';
import { noteRefusal } from './refusal-behind.js';
import { RefusalAnswers, refusalOf } from './request.refusal.js';

/** The one way from a request to a principal, for the guard and for the passport strategy. */
@Injectable()
export class RequestAuthenticator {
  readonly #answers: RefusalAnswers;
  readonly #requestUser: boolean;
  readonly #tracer: AuthTracer | undefined;
  readonly #senderCheck: SenderCheck;
  readonly #cookies: CookieTokenSource | undefined;
  readonly #checkedSenders = new WeakMap<HttpRequest, Promise<void>>();

  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly observer: AuthObserver,
    @Inject(AUTH_OPTIONS) options: AuthModuleOptions,
  ) {
    const resourceMetadata = resourceMetadataUri(options);
    this.#answers = new RefusalAnswers(resourceMetadata, options.dpop !== undefined);
    this.#requestUser = options.requestUser ?? false;
    this.#tracer = options.tracer;
    const clock = options.clock ?? Date.now;
    this.#cookies = options.cookie && new CookieTokenSource(options.cookie);
    this.#senderCheck = new SenderCheck(confirmationMethods(options, clock));
    // What no header can hold stops the start; at the first refusal it would be a 500.
    formatChallenge({ resourceMetadata });
  }

  /**
   * Verifies the request's token and leaves the principal with the request. Waits only where a key
   * has to be fetched.
   *
   * @param handler named to the observer
   * @param introspectionMaxAgeSeconds asks the issuer besides, unless its last word is no older
   * @throws BearerError (or rejects with it), after the observer was told why
   */
  authenticate(
    request: HttpRequest & AuthenticatedRequest,
    handler?: () => string,
    introspectionMaxAgeSeconds?: number,
  ): Principal | Promise<Principal> {
    if (this.#tracer === undefined) {
      return this.#authenticate(request, handler, introspectionMaxAgeSeconds);
    }
    return traced(
      this.#tracer,
      'authentication',
      handler?.(),
      () => this.#authenticate(request, handler, introspectionMaxAgeSeconds),
      ({ issuer }) => issuer,
    );
  }

  #authenticate(
    request: HttpRequest & AuthenticatedRequest,
    handler?: () => string,
    introspectionMaxAgeSeconds?: number,
  ): Principal | Promise<Principal> {
    let scheme: TokenScheme = 'Bearer';
    try {
      const fromCookie = this.#cookies?.extract(request);
      let token = fromCookie?.token ?? extractBearerToken(request);
      if (fromCookie !== undefined) scheme = fromCookie.scheme;
      if (token === undefined) {
        token = extractDpopToken(request);
        scheme = 'DPoP';
      }
      if (token === undefined) throw new RefusedTokenError('extraction', 'no_token');
      const presented = token;
      const verified =
        introspectionMaxAgeSeconds === undefined
          ? this.verifier.verifyOffThread(presented, 'unchecked')
          : this.verifier.introspect(presented, introspectionMaxAgeSeconds, 'unchecked');
      if (!(verified instanceof Promise) && isPlain(verified, scheme)) {
        return this.#admit(request, verified);
      }
      return this.#confirm(request, presented, scheme, verified).catch((error: unknown) => {
        throw this.#answer(error, request, scheme, handler);
      });
    } catch (error) {
      throw this.#answer(error, request, scheme, handler);
    }
  }

  /** Whether the request brings a token, good or not. */
  hasToken(request: HttpRequest): boolean {
    return request.headers['authorization'] !== undefined || this.#cookies?.has(request) === true;
  }

  async #confirm(
    request: HttpRequest & AuthenticatedRequest,
    token: string,
    scheme: TokenScheme,
    verified: Principal | Promise<Principal>,
  ): Promise<Principal> {
    const principal = await verified;
    if (!isPlain(principal, scheme)) {
      await this.#checkSender(request, token, scheme, principal);
    }
    return this.#admit(request, principal);
  }

  /**
   * A proof is good once, and a request may be asked about more often: by each resolver of a GraphQL
   * operation, by each message over the connection that it opened.
   */
  #checkSender(
    request: HttpRequest,
    token: string,
    scheme: TokenScheme,
    { claims }: Principal,
  ): Promise<void> {
    let checked = this.#checkedSenders.get(request);
    if (checked === undefined) {
      checked = this.#senderCheck.check(request, token, scheme, claims['cnf']);
      this.#checkedSenders.set(request, checked);
    }
    return checked;
  }

  #admit(request: AuthenticatedRequest, principal: Principal): Principal {
    setPrincipal(request, principal);
    this.observer.requestPassed?.('authentication', principal.issuer);
    // A user that a session or another library left there must not be taken for the token's.
    if (this.#requestUser || request.user !== undefined) request.user = principal;
    return principal;
  }

  /** Tells the observer why, and makes what the client gets to see. */
  #answer(
    error: unknown,
    request: HttpRequest,
    scheme: TokenScheme,
    handler?: () => string,
  ): unknown {
    const refusal = refusalOf(error);
    // Anything else is a fault of ours: it passes on as it is, and no one is let in.
    if (refusal === undefined) return error;
    const answer = this.#answers.answerTo(refusal, error, request, scheme);
    const { stage, reason, detail, issuer } = refusal;
    const status = answer.getStatus();
    this.observer.requestRefused({ stage, reason, detail, issuer, status, handler: handler?.() });
    return noteRefusal(answer, refusal);
  }
}

/** Whether the token is all that it takes: nothing to prove, and nothing that was to be proved. */
function isPlain({ claims }: Principal, scheme: TokenScheme): boolean {
  return claims['cnf'] === undefined && scheme === 'Bearer';
}
