/** Runs a stage under a tracer that can change nothing about it. */
import { refusalBehind } from '../access/refusal-behind.js';
import { VerificationUnavailableError } from '../bearer/bearer.errors.js';
import { type AuthTracer, type TracedOutcome, type TracedStage } from './auth.tracer.js';

/** Runs `work`, whose result or error passes on as it is, and tells the tracer how it ended. */
export function traced<Result>(
  tracer: AuthTracer,
  stage: TracedStage,
  handler: string | undefined,
  work: () => Result | Promise<Result>,
  issuerOf: (result: Result) => string | undefined,
): Result | Promise<Result> {
  const end = begin(tracer, stage, handler);
  const passed = (result: Result): Result => {
    end({ outcome: 'passed', issuer: issuerOf(result) });
    return result;
  };
  const failed = (error: unknown): never => {
    end(outcomeOf(error));
    throw error;
  };
  let result: Result | Promise<Result>;
  try {
    result = work();
  } catch (error) {
    return failed(error);
  }
  return result instanceof Promise ? result.then(passed, failed) : passed(result);
}

function begin(
  tracer: AuthTracer,
  stage: TracedStage,
  handler: string | undefined,
): (outcome: TracedOutcome) => void {
  try {
    const span = tracer.start(stage, handler);
    return (outcome) => {
      try {
        span.end(outcome);
      } catch {
        // A tracer that fails must change no answer.
      }
    };
  } catch {
    return () => undefined;
  }
}

function outcomeOf(error: unknown): TracedOutcome {
  const refusal = refusalBehind(error);
  if (refusal === undefined) return { outcome: 'failed' };
  const outcome = error instanceof VerificationUnavailableError ? 'unavailable' : 'refused';
  const { stage: refusedAt, reason, issuer } = refusal;
  return { outcome, refusedAt, reason, issuer };
}
