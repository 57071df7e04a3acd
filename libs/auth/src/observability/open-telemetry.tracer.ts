/** Writes the stages of a request as spans of OpenTelemetry. */
import { SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import { AuthTracer, type AuthSpan, type TracedOutcome, type TracedStage } from './auth.tracer.js';

/** The name under which the spans are made. */
export const INSTRUMENTATION_NAME = '@keyward/auth';

/**
 * A span a stage (`keyward.authentication`, `keyward.authorization`) below whichever span is active,
 * which is the server's where HTTP is instrumented. Attributes: `keyward.outcome`,
 * `keyward.refused_at`, `keyward.reason`, `keyward.issuer`, `keyward.handler`. A refusal is no error
 * of the service, so it leaves the span's status unset; what is undecided or failed sets it.
 */
export class OpenTelemetryTracer extends AuthTracer {
  /** @param tracer Default: that of the global provider, whenever one is registered */
  constructor(private readonly tracer: Tracer = trace.getTracer(INSTRUMENTATION_NAME)) {
    super();
  }

  start(stage: TracedStage, handler: string | undefined): AuthSpan {
    const attributes = handler === undefined ? {} : { 'keyward.handler': handler };
    const kind = SpanKind.INTERNAL;
    const span = this.tracer.startSpan(`keyward.${stage}`, { kind, attributes });
    return {
      end: ({ outcome, refusedAt, reason, issuer }: TracedOutcome) => {
        span.setAttribute('keyward.outcome', outcome);
        if (refusedAt !== undefined) span.setAttribute('keyward.refused_at', refusedAt);
        if (reason !== undefined) span.setAttribute('keyward.reason', reason);
        if (issuer !== undefined) span.setAttribute('keyward.issuer', issuer);
        if (outcome === 'unavailable' || outcome === 'failed') {
          span.setStatus({ code: SpanStatusCode.ERROR, message: reason });
        }
        span.end();
      },
    };
  }
}
