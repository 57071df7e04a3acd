/** Asks for a step-up from inside a handler, where only the handler knows that one is needed. */
import { Inject, Injectable } from '@nestjs/common';
import { AuthObserver } from '../auth.observer.js';
import { AUTH_OPTIONS, type AuthModuleOptions } from '../auth.options.js';
import {
  InsufficientUserAuthenticationError,
  type AuthenticationRequirement,
} from '../bearer/bearer.errors.js';
import { resourceMetadataUri } from '../metadata/protected-resource.options.js';
import { type Principal } from '../principal/principal.js';
import { challengeTo } from '../sender-constraint/proof.answer.js';
import { noteRefusal } from './refusal-behind.js';
import { stepUpRequirement, unmetStepUp, type StepUpOptions } from './step-up.js';

/**
 * The challenge of `@StepUp`, for handlers: what depends on the body of a request, and what a service
 * behind this one asks for.
 *
 * @see RFC 9470 section 3
 */
@Injectable()
export class StepUpChallenge {
  readonly #resourceMetadata: string | undefined;
  readonly #clock: () => number;

  constructor(
    private readonly observer: AuthObserver,
    @Inject(AUTH_OPTIONS) options: AuthModuleOptions,
  ) {
    this.#resourceMetadata = resourceMetadataUri(options);
    this.#clock = options.clock ?? Date.now;
  }

  /**
   * Returns where the principal signed in strongly and lately enough.
   *
   * @param scope what the handler wants besides, so that one authorization request brings both
   * @throws InsufficientUserAuthenticationError where not
   * @throws TypeError for a requirement that no token could ever meet
   */
  require(principal: Principal, options: StepUpOptions, scope?: string): void {
    const requirement = stepUpRequirement(options);
    const unmet = unmetStepUp(requirement, principal, this.#clock());
    if (unmet !== undefined) throw this.#challenge(principal, { ...requirement, scope }, unmet);
  }

  /**
   * The error that passes the demand of another service on to one's own caller, who alone can send the
   * person to the authorization server: `throw challenges.passOn(demand, principal)`.
   */
  passOn(
    demand: AuthenticationRequirement,
    principal: Principal,
  ): InsufficientUserAuthenticationError {
    return this.#challenge(principal, demand, 'needed by a service that was called');
  }

  #challenge(
    principal: Principal,
    requirement: AuthenticationRequirement,
    detail: string,
  ): InsufficientUserAuthenticationError {
    const error = new InsufficientUserAuthenticationError(
      requirement,
      this.#resourceMetadata,
      challengeTo(principal),
    );
    const refusal = { stage: 'policy', reason: 'insufficient_authentication', detail } as const;
    this.observer.requestRefused({ ...refusal, status: error.getStatus() });
    noteRefusal(error, refusal);
    return error;
  }
}
