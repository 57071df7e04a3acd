/** A span for each request that a traced request makes by `fetch`; it takes the trace along to services of ours. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapPropagator,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { methodOf } from '../http/method.js';

/** As much of undici's request as Node.js publishes of it. */
interface FetchRequest {
  readonly origin: string | URL;
  readonly method: string;
  readonly headers: string[] | string;
  addHeader(name: string, value: string): unknown;
}

interface FetchMessage {
  readonly request: FetchRequest;
  readonly response?: { readonly statusCode: number };
}

/**
 * Listens to what Node.js tells of its own `fetch`, so that nothing is patched. A span ends with the
 * headers of the answer: its body may be a feed.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html, undici's DiagnosticsChannel
 */
export class ClientSpans {
  private readonly spans = new WeakMap<object, Span>();
  private readonly channels = [
    ['undici:request:create', (message: unknown) => this.created(message as FetchMessage)],
    ['undici:request:headers', (message: unknown) => this.answered(message as FetchMessage)],
    ['undici:request:error', (message: unknown) => this.failed(message as FetchMessage)],
  ] as const;

  /** @param origins of services that are told the trace; to all others it is nobody's business */
  constructor(
    private readonly tracer: Tracer,
    private readonly propagator: TextMapPropagator,
    private readonly origins: ReadonlySet<string>,
  ) {}

  start(): void {
    for (const [name, listener] of this.channels) subscribe(name, listener);
  }

  stop(): void {
    for (const [name, listener] of this.channels) unsubscribe(name, listener);
  }

  private created({ request }: FetchMessage): void {
    const active = context.active();
    // What nobody asked for, as the refresh of keys, would be traces of one span each.
    if (trace.getSpan(active) === undefined) return;
    const url = new URL(String(request.origin));
    const method = methodOf(request.method);
    const attributes = {
      'http.request.method': method,
      'server.address': url.hostname,
      'server.port': Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    };
    const span = this.tracer.startSpan(method, { kind: SpanKind.CLIENT, attributes }, active);
    this.spans.set(request, span);
    if (!this.origins.has(url.origin)) return;
    this.propagator.inject(trace.setSpan(active, span), request, {
      set: (carrier: FetchRequest, name, value) => setHeader(carrier, name, value),
    });
  }

  private answered({ request, response }: FetchMessage): void {
    const span = this.spans.get(request);
    const status = response?.statusCode ?? 0;
    span?.setAttribute('http.response.status_code', status);
    if (status >= 400) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    this.spans.delete(request);
  }

  private failed({ request }: FetchMessage): void {
    const span = this.spans.get(request);
    // The error's own words may hold an address or a URL.
    span?.setStatus({ code: SpanStatusCode.ERROR, message: 'no answer' });
    span?.end();
    this.spans.delete(request);
  }
}

/** In place of one that was passed on from the caller: of two, nobody knows which one counts. */
function setHeader(request: FetchRequest, name: string, value: string): void {
  const { headers } = request;
  if (Array.isArray(headers)) {
    for (let i = 0; i < headers.length; i += 2) {
      if (headers[i]?.toLowerCase() !== name) continue;
      headers[i + 1] = value;
      return;
    }
  }
  request.addHeader(name, value);
}
