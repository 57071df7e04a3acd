/** A refusal as a message, for transports that have no status line and no headers. */
import { type BearerError } from '../bearer/bearer.errors.js';

/**
 * A refusal as an object: the body and the status that HTTP would have sent, and what it would have
 * said in headers.
 */
export interface RefusalMessage {
  readonly status: 'error';
  readonly statusCode: number;
  /** The RFC's code; absent where the call brought no credentials, and where none would help. */
  readonly error?: string;
  readonly error_description?: string;
  /** The value of `WWW-Authenticate`. */
  readonly challenge?: string;
  /** The value of `Retry-After`, in seconds. */
  readonly retry_after?: number;
}

/** Writes a refusal as a message. */
export function refusalMessage(error: BearerError): RefusalMessage {
  const { 'WWW-Authenticate': challenge, 'Retry-After': retryAfter } = error.headers;
  return {
    status: 'error',
    statusCode: error.getStatus(),
    ...(error.getResponse() as object),
    ...(challenge === undefined ? {} : { challenge }),
    ...(retryAfter === undefined ? {} : { retry_after: Number(retryAfter) }),
  };
}
