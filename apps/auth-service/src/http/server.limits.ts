/** What a request may cost before anybody looks at it, the same on every port. */

/** Largest request body, in bytes. */
export const BODY_LIMIT_BYTES = 65_536;

/** All headers of a request together, in bytes. */
export const MAX_HEADER_BYTES = 16_384;

/** Until the last byte of a request must be there. */
export const REQUEST_TIMEOUT_MS = 10_000;
