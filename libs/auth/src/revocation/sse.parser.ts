/** Cuts a stream of bytes into server-sent events (HTML standard section 9.2.6), with a size limit. */

/** One event: its type and its data. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** Far above any message of the feed; a stream that has no end of a line must not fill the memory. */
const MAXIMUM_EVENT_LENGTH = 65_536;

/**
 * The events of a stream. Comments, `id`, `retry` and unknown fields are ignored.
 * @throws Error for an event above 64 KiB
 */
export async function* parseServerSentEvents(
  body: AsyncIterable<Uint8Array>,
): AsyncIterable<ServerSentEvent> {
  const decoder = new TextDecoder();
  let unread = '';
  let event = '';
  let data: string[] = [];
  for await (const chunk of body) {
    unread += decoder.decode(chunk, { stream: true });
    const lines = unread.split('\n');
    unread = lines.pop() ?? '';
    if (unread.length > MAXIMUM_EVENT_LENGTH) throw new Error('a line of more than 64 KiB');
    for (const raw of lines) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (line === '') {
        if (data.length > 0) yield { event, data: data.join('\n') };
        event = '';
        data = [];
        continue;
      }
      const { name, value } = fieldOf(line);
      if (name === 'event') event = value;
      if (name === 'data') data.push(value);
      if (data.length > 64) throw new Error('an event of more than 64 lines');
    }
  }
}

function fieldOf(line: string): { name: string; value: string } {
  const colon = line.indexOf(':');
  if (colon === -1) return { name: line, value: '' };
  const value = line.slice(colon + 1);
  return { name: line.slice(0, colon), value: value.startsWith(' ') ? value.slice(1) : value };
}
