/** Reads the revocation feed as it goes over the wire, for tests of what exactly is sent. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** One server-sent event. */
export interface FeedMessage {
  readonly event: string;
  readonly id: string | null;
  readonly data: Record<string, unknown>;
}

/** An open connection and everything that came over it. */
export class FeedReader {
  readonly messages: FeedMessage[] = [];
  ended = false;

  private constructor(readonly response: IncomingMessage) {
    void this.read();
  }

  /** @throws Error with the answer where it is none of the feed */
  static open(url: string, token: string, lastEventId?: string): Promise<FeedReader> {
    const authorization = `Bearer ${token}`;
    const headers = { authorization, ...(lastEventId && { 'last-event-id': lastEventId }) };
    return FeedReader.openWith(url, headers);
  }

  /** The same, authorized in another way. */
  static async openWith(url: string, headers: Record<string, string>): Promise<FeedReader> {
    // A connection of its own, which is gone when it is closed: fetch would keep it for others.
    const sent = request(url, { agent: false, headers }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    if (response.statusCode === 200) return new FeedReader(response);
    throw new Error(`${response.statusCode} ${await text(response)}`);
  }

  /** The revocations so far, as `kind value`. */
  get revocations(): string[] {
    return this.messages
      .filter(({ event }) => event === 'revocation')
      .map(({ data }) => `${String(data['kind'])} ${String(data['value'])}`);
  }

  /** Resolves when `condition` holds. @throws Error after 10 seconds */
  async until(condition: (reader: this) => boolean): Promise<this> {
    for (const end = Date.now() + 10_000; Date.now() < end; await sleep(5)) {
      if (condition(this)) return this;
    }
    throw new Error(`not within 10 seconds; there came ${JSON.stringify(this.messages)}`);
  }

  /** Resolves when the replay is over. */
  caughtUp(): Promise<this> {
    return this.until(({ messages }) => messages.some(({ event }) => event === 'heartbeat'));
  }

  close(): void {
    this.response.destroy();
  }

  private async read(): Promise<void> {
    let unread = '';
    try {
      for await (const chunk of this.response.setEncoding('utf8')) {
        const parts = `${unread}${String(chunk)}`.split('\n\n');
        unread = parts.pop() ?? '';
        this.messages.push(...parts.map(parse));
      }
    } catch {
      // Cut off, by this side or the other.
    }
    this.ended = true;
  }
}

function parse(message: string): FeedMessage {
  const fields = new Map(
    message.split('\n').map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  return {
    event: fields.get('event') ?? '',
    id: fields.get('id') ?? null,
    data: JSON.parse(fields.get('data') ?? '{}') as Record<string, unknown>,
  };
}
