/** OpenTelemetry's SDK, as this project uses it; loaded only where traces are wanted. */
import { context, diag, DiagLogLevel, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { Logger } from '@nestjs/common';
import { type TracingOptions } from '../configuration/observability.options.js';
import { ClientSpans } from './client.spans.js';
import { ServerSpans } from './server.spans.js';
import { TraceParents } from './trace.parents.js';
import { type Tracing } from './tracing.js';

const INSTRUMENTATION_NAME = '@keyward/observability';

/** Longest text of an attribute: all of them are words of ours, so this is for mistakes. */
const MAX_ATTRIBUTE_CHARACTERS = 256;

/** See `startTracing`. */
export function startSdk(
  service: string,
  { endpoint, ratio, parents }: TracingOptions,
  tellTo: readonly string[],
): Tracing {
  const logger = new Logger('Tracing');
  diag.setLogger(
    {
      error: (message) => logger.warn(message),
      warn: (message) => logger.warn(message),
      info: () => undefined,
      debug: () => undefined,
      verbose: () => undefined,
    },
    DiagLogLevel.WARN,
  );
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    generalLimits: { attributeValueLengthLimit: MAX_ATTRIBUTE_CHARACTERS },
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  const tracer = provider.getTracer(INSTRUMENTATION_NAME);
  const propagator = new W3CTraceContextPropagator();
  const clientSpans = new ClientSpans(tracer, propagator, new Set(tellTo));
  clientSpans.start();
  return {
    observer: new ServerSpans(tracer, propagator, new TraceParents(parents)),
    stop: async () => {
      clientSpans.stop();
      await provider.shutdown().catch((error: unknown) => {
        logger.warn(`the last spans were not exported: ${String(error)}`);
      });
    },
  };
}
