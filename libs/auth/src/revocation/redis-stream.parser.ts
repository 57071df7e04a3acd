/** Reads what node-redis answers of a stream: one that is not exactly what it should be ends the connection. */
import { parseFeedMessage } from './feed-message.parser.js';
import { type FeedMessage } from './revocation.source.js';

/** An entry of the stream. */
export interface StreamEntry {
  readonly id: string;
  /** Undefined for an event that a later release of the issuer may add. */
  readonly message: Exclude<FeedMessage, { readonly type: 'start' }> | undefined;
}

/**
 * The entries of a reply of XREAD for one stream, in their order; none for no reply.
 * @throws Error for anything else
 */
export function parseStreamReply(reply: unknown): StreamEntry[] {
  if (reply === null) return [];
  const [stream] = reply as [{ readonly messages?: unknown } | undefined];
  if (!Array.isArray(stream?.messages)) throw new Error('no entries of a stream');
  return stream.messages.map(parseEntry);
}

function parseEntry(entry: unknown): StreamEntry {
  const { id, message: fields } = entry as { id?: unknown; message?: Record<string, unknown> };
  const { event, data } = fields ?? {};
  if (typeof id !== 'string' || typeof event !== 'string' || typeof data !== 'string') {
    throw new Error('an entry of the stream that is none of the feed');
  }
  const message = parseFeedMessage(event, data);
  if (message?.type === 'start') throw new Error('a start within the stream');
  return { id, message };
}
