/** How upstream providers are asked: no redirect, a size limit, a time limit, and no answer is no word. */
import { type CustomFetch } from 'openid-client';
import { UpstreamUnavailableError } from './upstream.error.js';

/** For a whole answer, its body included. */
export const UPSTREAM_TIMEOUT_MS = 5000;

/** Of a body after decompression: more than any metadata, JWK Set or token needs. */
export const UPSTREAM_MAX_BYTES = 256 * 1024;

/**
 * A fetch for `openid-client`.
 * @throws UpstreamUnavailableError for everything that says nothing about the person: a redirect, a
 *   failure of the provider, too much, too late
 */
export const upstreamFetch: CustomFetch = async (url, { method, headers, body }) => {
  const signal = AbortSignal.timeout(UPSTREAM_TIMEOUT_MS);
  try {
    const request = { method, headers, body: body as RequestInit['body'], signal };
    const response = await fetch(url, { ...request, redirect: 'manual' });
    const { status } = response;
    if (isNoAnswer(status)) {
      void response.body?.cancel().catch(() => undefined);
      throw new UpstreamUnavailableError(`answered ${status}`);
    }
    const bytes = await readBody(response, signal);
    return new Response(bytes.byteLength === 0 ? null : new Uint8Array(bytes), {
      status,
      headers: response.headers,
    });
  } catch (error) {
    if (error instanceof UpstreamUnavailableError) throw error;
    const reason = signal.aborted ? 'no answer in time' : causeOf(error);
    throw new UpstreamUnavailableError(reason, { cause: error });
  }
};

function isNoAnswer(status: number): boolean {
  return status < 200 || (status >= 300 && status < 400) || status === 429 || status >= 500;
}

// The stream is cancelled by hand: what was given to fetch stops nothing once the collector took the request.
async function readBody({ body }: Response, signal: AbortSignal): Promise<Buffer> {
  if (body === null) return Buffer.alloc(0);
  const reader = body.getReader();
  const cancel = () => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', cancel, { once: true });
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return Buffer.concat(chunks);
      size += value.byteLength;
      if (size > UPSTREAM_MAX_BYTES) throw new UpstreamUnavailableError('answered too much');
      chunks.push(value);
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}

// By its shape, and never the URL, which holds nothing secret only as long as nobody puts it there.
function causeOf(error: unknown): string {
  const { cause, message } = error as { cause?: { message?: string }; message?: string };
  return cause?.message ?? message ?? 'failed';
}
