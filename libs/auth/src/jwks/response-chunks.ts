/** Reads what comes over fetch, and stops when the signal says so, whatever the collector did meanwhile. */

/**
 * The chunks of a body until its end.
 *
 * fetch holds its request weakly: once the collector has taken it, the signal that was given to fetch
 * stops nothing any more, and a body that stalls would be waited for without end. So the stream itself
 * is cancelled, which also closes its connection.
 *
 * @throws the signal's reason, once it says stop
 */
export async function* responseChunks(
  { body }: Pick<Response, 'body'>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  const cancel = () => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return;
      yield value as Uint8Array;
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}
