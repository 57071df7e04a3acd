/** @keyward/auth/opentelemetry: spans of the guards' stages; needs @opentelemetry/api. */
export {
  INSTRUMENTATION_NAME,
  OpenTelemetryTracer,
} from './observability/open-telemetry.tracer.js';
