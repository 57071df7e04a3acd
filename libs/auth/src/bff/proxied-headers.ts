/** Which headers pass between a page and a service: those of a list, and no other. */
import { type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';

// Cookies, Authorization, what names a hop, and whatever nobody thought of stay behind.
const TO_SERVICE = [
  'accept',
  'accept-language',
  'content-type',
  'content-length',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'range',
  'idempotency-key',
  'prefer',
  'traceparent',
  'tracestate',
  'x-request-id',
] as const;

// No Set-Cookie, no CORS, no policy: these belong to the origin of the pages, which is ours.
const TO_PAGE = [
  'content-type',
  'content-length',
  'content-language',
  'content-encoding',
  'content-disposition',
  'content-range',
  'accept-ranges',
  'etag',
  'last-modified',
  'cache-control',
  'allow',
  'retry-after',
  'link',
  'preference-applied',
  'x-request-id',
] as const;

/** Headers of the request to a service. */
export function headersToService(
  headers: IncomingHttpHeaders,
  accessToken: string,
): OutgoingHttpHeaders {
  const passed = pick(headers, TO_SERVICE);
  // A chunked body has no length; node:http frames it anew.
  return { ...passed, 'accept-encoding': 'identity', authorization: `Bearer ${accessToken}` };
}

/** Headers of the answer to a page. What a service sends is data: nothing in it runs as a page of ours. */
export function headersToPage(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return {
    'cache-control': 'no-store',
    ...pick(headers, TO_PAGE),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
  };
}

function pick(headers: IncomingHttpHeaders, names: readonly string[]): OutgoingHttpHeaders {
  // A hop names in Connection what else is for it alone (RFC 9110 section 7.6.1).
  const forHop = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return value === undefined || forHop.includes(name) ? [] : [[name, value]];
    }),
  );
}
