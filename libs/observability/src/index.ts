/** @keyward/observability: log, metrics and traces of Keyward's services. */
export {
  type ObservabilityOptions,
  type RequestLogRule,
  type TracingOptions,
} from './configuration/observability.options.js';
export { observabilityDescriptions } from './configuration/observability.descriptions.js';
export {
  observabilityOf,
  observabilityVariables,
} from './configuration/observability.variables.js';
export { observeExpress, type ExpressLike } from './http/observe-express.js';
export { observeFastify, type FastifyLike } from './http/observe-fastify.js';
export { requestIdOf } from './http/request-id.js';
export {
  RequestObserver,
  UNMATCHED,
  type BegunRequest,
  type EndedRequest,
  type ObservedRequest,
} from './http/request.observer.js';
export { ServiceDrain } from './lifecycle/service.drain.js';
export { createLogger } from './logging/create-logger.js';
export { JsonLogger, type JsonLoggerOptions } from './logging/json.logger.js';
export { LOG_LEVELS, type LogLevel } from './logging/log-level.js';
export { redact, REDACTED } from './logging/redaction.js';
export { RequestLog } from './logging/request.log.js';
export { TextLogger, type TextLoggerOptions } from './logging/text.logger.js';
export { authMetrics, guardMetrics } from './metrics/auth.metrics.js';
export { Counts } from './metrics/counts.js';
export { MetricsServer } from './metrics/metrics.server.js';
export { RouteDurations } from './metrics/route.durations.js';
export { type Sample, type ScrapedMetric } from './metrics/scraped.metric.js';
export {
  Observability,
  ObservabilityModule,
  type ObservabilityModuleOptions,
} from './observability.module.js';
export { startTracing, type Tracing } from './tracing/tracing.js';
