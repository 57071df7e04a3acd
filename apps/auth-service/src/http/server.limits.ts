/** What a request may cost before anybody looks at it, the same on every port. */

/** Largest request body, in bytes. */
export const BODY_LIMIT_BYTES = 65_536;

/** Request line and all headers together, cookies among them, in bytes. */
export const MAX_HEADER_BYTES = 16_384;

/** Header lines of a request. Node would leave out what is beyond its own limit, and say nothing. */
export const MAX_HEADERS = 100;

/** Path and query of a request, in characters: what browsers and proxies are sure to take. */
export const MAX_URL_LENGTH = 8192;

/** Parameters of a form or a query, repeated ones counted each. */
export const MAX_PARAMETERS = 128;

/** The name of a parameter as it was sent, in characters. */
export const MAX_PARAMETER_NAME_LENGTH = 256;

/** How deep the objects and lists of a JSON body may stand in each other. */
export const MAX_JSON_DEPTH = 16;

/** Until the last header of a request must be there. */
export const HEADERS_TIMEOUT_MS = 5000;

/** Until the last byte of a request must be there. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** How often the two are looked at; Node's own 30 s would be the limit that is in force. */
export const TIMEOUT_CHECK_INTERVAL_MS = 1000;

/** Limits that Node applies by itself, for every kind of server. */
export const NODE_LIMITS = {
  maxHeaderSize: MAX_HEADER_BYTES,
  headersTimeout: HEADERS_TIMEOUT_MS,
  connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
} as const;
