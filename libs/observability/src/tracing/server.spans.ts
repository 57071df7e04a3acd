/** A span for each request that arrives. */
import { type IncomingMessage } from 'node:http';
import {
  type Context,
  context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type TextMapPropagator,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { methodOf } from '../http/method.js';
import {
  type BegunRequest,
  type ObservedRequest,
  RequestObserver,
} from '../http/request.observer.js';
import { type TraceParents } from './trace.parents.js';

/** Probes come every few seconds and tell nothing. */
const PROBES = /^\/health(?:[/?]|$)/;

/**
 * Spans are named by method and route template, and have no URL, no header and no address: only
 * `http.request.method`, `http.route`, `http.response.status_code` and the request's id.
 */
export class ServerSpans extends RequestObserver {
  constructor(
    private readonly tracer: Tracer,
    private readonly propagator: TextMapPropagator,
    private readonly parents: TraceParents,
  ) {
    super();
  }

  begin({ message, id }: BegunRequest): ObservedRequest | undefined {
    if (PROBES.test(message.url ?? '')) return undefined;
    const method = methodOf(message.method);
    const attributes = { 'http.request.method': method, ...(id && { 'keyward.request_id': id }) };
    const kind = SpanKind.SERVER;
    const parent = this.parentOf(message);
    const span = this.tracer.startSpan(method, { kind, attributes }, parent);
    const within = trace.setSpan(parent, span);
    return {
      run: (handle) => context.with(within, handle),
      end: ({ route, status, aborted }) => {
        span.updateName(`${method} ${route}`);
        span.setAttributes({ 'http.route': route, 'http.response.status_code': status });
        if (aborted) span.setAttribute('error.type', 'aborted');
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  /** A caller of no network of ours begins a trace of its own, and is not asked whether it is kept. */
  private parentOf({ headers, socket }: IncomingMessage): Context {
    if (headers['traceparent'] === undefined || !this.parents.has(socket.remoteAddress)) {
      return ROOT_CONTEXT;
    }
    return this.propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
  }
}
