/** What goes out to another service, and how its answer is held to the time that it may take. */
import { responseChunks } from '../jwks/response-chunks.js';
import { type Correlation } from './caller.js';

/** What may be said of a request. Who authorizes it and whether it is redirected is not among it. */
export type TargetRequest = Omit<RequestInit, 'redirect' | 'credentials'>;

/** Headers that only this client sets. */
const AUTHORIZING = ['authorization', 'proxy-authorization', 'dpop'];
/** Fetch makes no Response of these with a body. */
const BODILESS: readonly number[] = [204, 205, 304];

/**
 * The headers of a call; what it says itself goes before what is passed on.
 * @throws TypeError for a header that authorizes
 */
export function targetHeaders(
  { headers: given }: TargetRequest,
  correlation: Correlation,
): Headers {
  const headers = new Headers(given);
  for (const name of AUTHORIZING) {
    if (headers.has(name)) throw new TypeError(`${name} is set by the client alone`);
  }
  for (const [name, value] of Object.entries(correlation)) {
    if (value !== undefined && !headers.has(name)) headers.set(name, value);
  }
  return headers;
}

/** Whether a body can be sent again: a stream is gone once it was sent. */
export function isRepeatable(body: RequestInit['body']): boolean {
  return (
    body === undefined ||
    body === null ||
    typeof body === 'string' ||
    body instanceof URLSearchParams ||
    body instanceof FormData ||
    body instanceof Blob ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body)
  );
}

/** The answer with a body that the signal stops for certain; see responseChunks. */
export function boundedResponse(response: Response, signal: AbortSignal): Response {
  const { status, statusText, headers } = response;
  if (response.body === null || BODILESS.includes(status)) return response;
  const body = ReadableStream.from(responseChunks(response, signal));
  return new Response(body, { status, statusText, headers });
}
