/** The issuer's feed as the stream that it keeps in Redis, for services inside its trust domain. */
import { parseStreamReply, type StreamEntry } from './redis-stream.parser.js';
import { RevocationSource, type FeedMessage } from './revocation.source.js';

/** What the source needs of a client of Redis; those of the package `redis` have it. */
export interface RedisStreamClient {
  readonly isOpen: boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
  connect(): Promise<unknown>;
  xRead(
    stream: { key: string; id: string },
    options: { COUNT: number; BLOCK: number },
  ): Promise<unknown>;
  xRevRange(key: string, start: string, end: string, options: { COUNT: number }): Promise<unknown>;
  destroy(): void;
}

/** Where the stream is and how it is reached. */
export interface RedisStreamSourceOptions {
  /**
   * Makes a client that is not connected. Each connection of the feed has one of its own, since reading
   * waits; the source connects it and destroys it.
   */
  readonly createClient: () => RedisStreamClient;
  /** `revocations` behind the `REDIS_KEY_PREFIX` of Keyward's authorization server. */
  readonly key: string;
  /** For the connection to be made, and for an answer to be late, in milliseconds. Default 5000. */
  readonly timeoutMs?: number;
  /**
   * A stream to which nothing is added for this long is given up, in milliseconds; the issuer adds a
   * heartbeat every 2 to 3 seconds. Default 15,000.
   */
  readonly silenceMs?: number;
}

const COUNT = 500;
const BLOCK_MS = 1000;

/** A heartbeat proves something only while it is new; one that was stored may be of any age. */
const MAX_HEARTBEAT_AGE_MS = 5000;

/**
 * Reads the stream from its start or from a position on, with `XREVRANGE` and `XREAD` alone. Read from
 * a master: a replica that lags passes on old heartbeats.
 *
 * A user that can do nothing else (Redis 7; a client of a cluster asks `cluster|slots` as well):
 * `ACL SETUSER orders on ><password> resetchannels %R~keyward:revocations -@all +hello +xread +xrevrange`.
 * The stream is not filtered by audience: whoever reads it sees what concerns every resource.
 *
 * @example
 * new RedisStreamSource({
 *   createClient: () => createClient({ url: 'rediss://orders:secret@redis.example.com' }),
 *   key: 'keyward:revocations',
 * })
 */
export class RedisStreamSource extends RevocationSource {
  constructor(private readonly options: RedisStreamSourceOptions) {
    super();
  }

  async *open(after: number | undefined, signal: AbortSignal): AsyncIterable<FeedMessage> {
    const { timeoutMs = 5000 } = this.options;
    const client = this.options.createClient();
    let fail: (error: Error) => void = () => undefined;
    const failure = new Promise<never>((_, reject) => (fail = reject));
    // Also where it fails while nothing is waited for.
    failure.catch(() => undefined);
    client.on('error', fail);
    const stop = () => fail(new Error('stopped'));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const within = async <T>(ms: number, work: Promise<T>): Promise<T> => {
      const timer = setTimeout(() => fail(new Error('Redis did not answer in time')), ms).unref();
      try {
        return await Promise.race([work, failure]);
      } finally {
        clearTimeout(timer);
      }
    };
    try {
      const connected = client.connect();
      connected.catch(fail);
      await within(timeoutMs, connected);
      const from = await within(timeoutMs, this.#findStart(client, after));
      yield { type: 'start', data: { position: from } };
      yield* this.#read(from, (id) =>
        within(
          BLOCK_MS + timeoutMs,
          client.xRead({ key: this.options.key, id }, { COUNT, BLOCK: BLOCK_MS }),
        ),
      );
    } finally {
      signal.removeEventListener('abort', stop);
      if (client.isOpen) client.destroy();
    }
  }

  /** @returns 0 where everything has to be read: the stream does not reach as far as was read before */
  async #findStart(client: RedisStreamClient, after = 0): Promise<number> {
    if (after === 0) return 0;
    const last = await client.xRevRange(this.options.key, '+', '-', { COUNT: 1 });
    const [entry] = parseStreamReply([{ messages: last }]);
    return (entry?.message?.data.position ?? 0) >= after ? after : 0;
  }

  /** Skips stored heartbeats; what follows one is linked to what was yielded before it. */
  async *#read(from: number, readAfter: (id: string) => Promise<unknown>) {
    const { silenceMs = 15_000 } = this.options;
    let id = `${from}-0`;
    // Of a stream that is read from its start, everything before the first entry has expired.
    let read = from === 0 ? undefined : from;
    let sent = from;
    let exhaustedAtMs = -Infinity;
    let heardAtMs = performance.now();
    for (;;) {
      const askedAtMs = performance.now();
      const entries: StreamEntry[] = parseStreamReply(await readAfter(id));
      // What was added since the stream was last seen to its end is no older than that.
      const isNew = performance.now() - exhaustedAtMs <= MAX_HEARTBEAT_AGE_MS;
      for (const { id: entryId, message } of entries) {
        id = entryId;
        if (message === undefined) continue;
        const { position, previous } = message.data;
        const isLinked = read === undefined || previous === read;
        if (message.type === 'heartbeat' && !isNew && (isLinked || position === read)) {
          read = position;
          continue;
        }
        yield linkedTo(message, isLinked ? sent : previous);
        read = sent = position;
      }
      if (entries.length < COUNT) exhaustedAtMs = askedAtMs;
      if (entries.length > 0) heardAtMs = performance.now();
      else if (performance.now() - heardAtMs > silenceMs) throw new Error('the stream fell silent');
    }
  }
}

function linkedTo(message: NonNullable<StreamEntry['message']>, previous: number): FeedMessage {
  return message.type === 'heartbeat'
    ? { type: message.type, data: { ...message.data, previous } }
    : { type: message.type, data: { ...message.data, previous } };
}
