/** Traces of requests, where the operator named a collector; otherwise nothing of it is even loaded. */
import { type TracingOptions } from '../configuration/observability.options.js';
import { type RequestObserver } from '../http/request.observer.js';

/** Running traces. */
export interface Tracing {
  /** To be told of each request. */
  readonly observer: RequestObserver;
  /** Sends what is left; never rejects. */
  stop(): Promise<void>;
}

/**
 * Begins to trace this process, once.
 *
 * @param service its name in every span
 * @param options undefined where nothing is traced
 * @param urls of services that are told which trace a request belongs to; undefined ones do not count
 * @returns null where nothing is traced
 */
export async function startTracing(
  service: string,
  options: TracingOptions | undefined,
  urls: readonly (string | undefined)[] = [],
): Promise<Tracing | null> {
  if (options === undefined) return null;
  const { startSdk } = await import('./tracing.sdk.js');
  const origins = urls.flatMap((url) => (url === undefined ? [] : new URL(url).origin));
  return startSdk(service, options, origins);
}
