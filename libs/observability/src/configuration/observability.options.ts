/** What an operator decides about log, metrics and traces of one service. */
import { type LogLevel } from '../logging/log-level.js';

/** Which requests get a line of their own in the log. */
export interface RequestLogRule {
  /** Those that were answered 500 and above, or not at all. */
  readonly failures: boolean;
  /** Of all others, from 0 (none) to 1 (each). */
  readonly ratio: number;
}

/** Where traces go, and whose are gone on with. */
export interface TracingOptions {
  /** Of an OpenTelemetry collector that speaks OTLP over HTTP, without `/v1/traces`. */
  readonly endpoint: string;
  /** How many of the traces that begin here are kept, from 0 to 1. */
  readonly ratio: number;
  /** Networks whose callers may say which trace a request belongs to. */
  readonly parents: readonly string[];
}

/** All of it; made by {@link observabilityOf}. */
export interface ObservabilityOptions {
  /** Whether this is no development machine. */
  readonly isProduction: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: 'json' | 'text';
  readonly requestLog: RequestLogRule;
  /** Where metrics are served; undefined: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** Undefined: nothing is traced. */
  readonly tracing: TracingOptions | undefined;
}
