/** Takes an HTTP request to its principal, or to the answer that it gets instead. */
import { Inject, Injectable } from '@nestjs/common';
import { AccessTokenVerifier } from '../access-token/access-token.verifier.js';
import {
  IntrospectionUnavailableError,
  KeysUnavailableError,
  RefusedTokenError,
  RevocationsUnavailableError,
  type Refusal,
} from '../access-token/refusal.js';
import { AuthObserver } from '../auth.observer.js';
import { AUTH_OPTIONS, type AuthModuleOptions } from '../auth.options.js';
import { formatChallenge } from '../bearer/bearer-challenge.js';
import {
  InvalidRequestError,
  InvalidTokenError,
  MissingTokenError,
  VerificationUnavailableError,
  type BearerError,
} from '../bearer/bearer.errors.js';
import {
  extractBearerToken,
  MalformedRequestError,
  type HttpRequest,
} from '../bearer/bearer-token.js';
import { resourceMetadataUri } from '../metadata/protected-resource.options.js';
import { setPrincipal, type AuthenticatedRequest, type Principal } from '../principal/principal.js';

/** The one way from a request to a principal, for the guard and for the passport strategy. */
@Injectable()
export class RequestAuthenticator {
  readonly #resourceMetadata: string | undefined;
  readonly #requestUser: boolean;

  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly observer: AuthObserver,
    @Inject(AUTH_OPTIONS) options: AuthModuleOptions,
  ) {
    this.#resourceMetadata = resourceMetadataUri(options);
    this.#requestUser = options.requestUser ?? false;
    // What no header can hold stops the start; at the first refusal it would be a 500.
    formatChallenge({ resourceMetadata: this.#resourceMetadata });
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
    try {
      const token = extractBearerToken(request);
      if (token === undefined) throw new RefusedTokenError('extraction', 'no_token');
      const verified =
        introspectionMaxAgeSeconds === undefined
          ? this.verifier.verifyOffThread(token)
          : this.verifier.introspect(token, introspectionMaxAgeSeconds);
      if (!(verified instanceof Promise)) return this.#admit(request, verified);
      return verified.then(
        (principal) => this.#admit(request, principal),
        (error: unknown) => {
          throw this.#answer(error, handler);
        },
      );
    } catch (error) {
      throw this.#answer(error, handler);
    }
  }

  #admit(request: AuthenticatedRequest, principal: Principal): Principal {
    setPrincipal(request, principal);
    // A user that a session or another library left there must not be taken for the token's.
    if (this.#requestUser || request.user !== undefined) request.user = principal;
    return principal;
  }

  /** Tells the observer why, and makes what the client gets to see. */
  #answer(error: unknown, handler?: () => string): unknown {
    const refusal = refusalOf(error);
    // Anything else is a fault of ours: it passes on as it is, and no one is let in.
    if (refusal === undefined) return error;
    const answer = this.#answerTo(refusal, error);
    const { stage, reason, detail, issuer } = refusal;
    const status = answer.getStatus();
    this.observer.requestRefused({ stage, reason, detail, issuer, status, handler: handler?.() });
    return answer;
  }

  #answerTo({ stage, reason }: Refusal, error: unknown): BearerError {
    if (
      error instanceof KeysUnavailableError ||
      error instanceof RevocationsUnavailableError ||
      error instanceof IntrospectionUnavailableError
    ) {
      return new VerificationUnavailableError(error.retryAfterSeconds);
    }
    if (reason === 'no_token') return new MissingTokenError(this.#resourceMetadata);
    if (stage === 'extraction') return new InvalidRequestError(this.#resourceMetadata);
    return new InvalidTokenError(reason === 'expired', this.#resourceMetadata);
  }
}

function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof RefusedTokenError || error instanceof KeysUnavailableError) return error;
  if (error instanceof RevocationsUnavailableError) return error;
  if (error instanceof IntrospectionUnavailableError) return error;
  if (error instanceof MalformedRequestError) {
    return { stage: 'extraction', reason: error.reason, detail: error.message };
  }
  return undefined;
}
