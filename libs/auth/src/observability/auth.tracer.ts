/** Port: who follows the stages of a request, for traces. */
import { type RefusalReason, type RefusalStage } from '../access-token/refusal.js';

/** `authentication`: from the request to its principal; `authorization`: its principal and the policy. */
export type TracedStage = 'authentication' | 'authorization';

/** How a stage ended. It holds no claim and nothing of the token. */
export interface TracedOutcome {
  /** `unavailable`: undecided, answered 503; `failed`: a fault of the program. */
  readonly outcome: 'passed' | 'refused' | 'unavailable' | 'failed';
  /** Where it did not pass: the step that refused it, and the rule. */
  readonly refusedAt?: RefusalStage;
  readonly reason?: RefusalReason;
  /** The trusted issuer, once one was found. */
  readonly issuer?: string;
}

/** A stage that began. */
export interface AuthSpan {
  /** Called once. */
  end(outcome: TracedOutcome): void;
}

/**
 * Told when a stage begins and when it ends, on the request path. What it throws is ignored.
 * `OpenTelemetryTracer` of `@keyward/auth/opentelemetry` is one.
 */
export abstract class AuthTracer {
  /** @param handler `Controller.handler`, where the request has one */
  abstract start(stage: TracedStage, handler: string | undefined): AuthSpan;
}
