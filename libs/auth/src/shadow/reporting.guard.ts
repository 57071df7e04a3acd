/** Stands beside an existing guard, lets every request pass, and reports what it would have answered. */
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AccessPolicies } from '../access/access-policy.js';
import { RequestAuthenticator } from '../access/request-authenticator.js';
import { refusalBehind } from '../access/refusal-behind.js';
import { unmetPolicy } from '../access/unmet-policy.js';
import { AccessTokenVerifier } from '../access-token/access-token.verifier.js';
import { type Refusal } from '../access-token/refusal.js';
import { AuthObserver, type RefusedRequest } from '../auth.observer.js';
import { AUTH_OPTIONS, type AuthModuleOptions } from '../auth.options.js';
import { BearerError, HandlerClosedError } from '../bearer/bearer.errors.js';
import { type CallRequest } from '../call/call-request.js';
import { requestOf } from '../call/request-of.js';
import { MemoryProofReplayStore } from '../sender-constraint/memory-proof-replay.store.js';
import { resolveShadowLimits, type ShadowLimits } from './shadow.options.js';
import { ShadowQueue } from './shadow.queue.js';

/**
 * INSECURE: it refuses nothing. What AuthModule binds with `enforcement: 'insecure-report-only'`. It
 * leaves no principal, sets no header, and touches neither `request.user` nor passport.
 */
@Injectable()
export class ReportingGuard implements CanActivate {
  readonly #authenticator: RequestAuthenticator;
  readonly #limits: ShadowLimits;
  readonly #queue: ShadowQueue;
  readonly #clock: () => number;

  constructor(
    private readonly policies: AccessPolicies,
    private readonly observer: AuthObserver,
    verifier: AccessTokenVerifier,
    @Inject(AUTH_OPTIONS) options: AuthModuleOptions,
  ) {
    this.#limits = resolveShadowLimits(options.shadow);
    this.#queue = new ShadowQueue(this.#limits.maxPending);
    this.#clock = options.clock ?? Date.now;
    this.#authenticator = new RequestAuthenticator(verifier, new Unobserved(), {
      ...options,
      tracer: undefined,
      // A proof is good once: a report must not use it up for a guard that decides.
      dpop: options.dpop && { ...options.dpop, replays: new MemoryProofReplayStore() },
      requestUser: false,
    });
  }

  canActivate(context: ExecutionContext): true {
    if (Math.random() < this.#limits.sampleRate) {
      const taken = this.#queue.offer(() => this.#report(context));
      if (!taken) this.observer.shadowDropped?.();
    }
    return true;
  }

  async #report(context: ExecutionContext): Promise<void> {
    const handler = `${context.getClass().name}.${context.getHandler().name}`;
    try {
      const policy = this.policies.of(context.getClass(), context.getHandler());
      if (policy.public) return;
      this.observer.requestReported?.(handler, await this.#refusalOf(context, handler));
    } catch {
      // A fault here must not end the process, and there is no request that it could fail.
    }
  }

  async #refusalOf(
    context: ExecutionContext,
    handler: string,
  ): Promise<RefusedRequest | undefined> {
    const policy = this.policies.of(context.getClass(), context.getHandler());
    const request = requestOf(context);
    if (request === undefined) {
      const status = new HandlerClosedError().getStatus();
      return { stage: 'context', reason: 'unknown_context', status, handler };
    }
    // What authentication leaves with a request must not reach the handler.
    const seen = Object.create(request) as CallRequest;
    try {
      const principal = await this.#authenticator.authenticate(
        seen,
        undefined,
        policy.introspectionMaxAgeSeconds,
      );
      const unmet = unmetPolicy(policy, principal, context, this.#clock);
      if (unmet === undefined) return undefined;
      const status = unmet.reason === 'insufficient_authentication' ? 401 : 403;
      return { stage: 'policy', ...unmet, issuer: principal.issuer, status, handler };
    } catch (error) {
      const refusal: Refusal | undefined = refusalBehind(error);
      if (refusal === undefined || !(error instanceof BearerError)) throw error;
      const { stage, reason, detail, issuer } = refusal;
      return { stage, reason, detail, issuer, status: error.getStatus(), handler };
    }
  }
}

/** Here nothing is refused: what would have been goes to `requestReported` instead. */
class Unobserved extends AuthObserver {
  requestRefused(): void {
    // See above.
  }

  keysFetched(): void {
    // The verifier's own observer is told.
  }

  keysFetchFailed(): void {
    // The verifier's own observer is told.
  }
}
