/** On whose behalf a service calls another one, and what ties the two requests together in logs. */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type HttpRequest } from '../bearer/bearer-token.js';
import { requestOf } from '../call/request-of.js';
import { presentedToken } from '../cookie/cookie-token.source.js';
import { principalOf } from '../principal/principal.js';

/** Headers that go along, so that a request can be followed from service to service. */
export interface Correlation {
  readonly 'x-request-id'?: string;
  /** @see W3C Trace Context */
  readonly traceparent?: string;
  readonly tracestate?: string;
}

/** Who called, as far as another service has to know. Never log it. */
export interface Caller {
  /** The verified token that the request came with. */
  readonly accessToken: string;
  /** Its end, in milliseconds since the epoch. */
  readonly expiresAtMs: number;
  readonly correlation: Correlation;
}

const NAMES = ['x-request-id', 'traceparent', 'tracestate'] as const;
// Whoever sends these is not authenticated: nothing that a log or a header could take for more than text.
const PLAIN = /^[\x21-\x7e][\x20-\x7e]{0,511}$/;

/** What of a request's headers goes along with the calls that are made for it. */
export function correlationOf({ headers }: Pick<HttpRequest, 'headers'>): Correlation {
  const found: Partial<Record<(typeof NAMES)[number], string>> = {};
  for (const name of NAMES) {
    const value = headers[name];
    if (typeof value === 'string' && PLAIN.test(value)) found[name] = value;
  }
  return found;
}

/**
 * The caller of a handler, for calling on: `@CurrentCaller() caller: Caller`. Undefined in a `@Public`
 * handler.
 */
export const CurrentCaller = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Caller | undefined => {
    const request = requestOf(context);
    const principal = request && principalOf(request);
    const presented = request && presentedToken(request);
    if (principal === undefined || presented === undefined) return undefined;
    return {
      accessToken: presented.token,
      expiresAtMs: principal.expiresAt * 1000,
      correlation: correlationOf(request as HttpRequest),
    };
  },
);
