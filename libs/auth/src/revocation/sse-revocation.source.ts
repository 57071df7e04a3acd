/** The issuer's feed over HTTP, as server-sent events. */
import { checkKeyUrl } from '../jwks/issuer-url.js';
import { type AccessTokenProvider } from './access-token.provider.js';
import { responseChunks } from '../jwks/response-chunks.js';
import { parseFeedMessage } from './feed-message.parser.js';
import { RevocationSource, type FeedMessage } from './revocation.source.js';
import { parseServerSentEvents } from './sse.parser.js';

/** Where the feed is and who asks. */
export interface SseRevocationSourceOptions {
  /** `<issuer>/oauth2/revocations` of Keyward's authorization server. */
  readonly url: string;
  /** The tokens of this service for the feed. */
  readonly tokens: AccessTokenProvider;
  /** For the answer to begin, in milliseconds. Default 5000. */
  readonly timeoutMs?: number;
  /**
   * A connection on which nothing comes for this long is given up, in milliseconds; the issuer sends
   * a heartbeat every 5 seconds. Default 15,000.
   */
  readonly silenceMs?: number;
  /** INSECURE: follow the feed over http from another host than this one. Default false. */
  readonly insecureHttp?: boolean;
}

/** One request a connection; nothing is followed elsewhere. */
export class SseRevocationSource extends RevocationSource {
  /** @throws TypeError for a URL that is not https, nor of this machine */
  constructor(private readonly options: SseRevocationSourceOptions) {
    super();
    checkKeyUrl(options.url, options.insecureHttp ?? false);
  }

  async *open(after: number | undefined, signal: AbortSignal): AsyncIterable<FeedMessage> {
    const { timeoutMs = 5000, silenceMs = 15_000 } = this.options;
    const cut = new AbortController();
    const stop = () => cut.abort(new Error('stopped'));
    let timer: NodeJS.Timeout | undefined;
    const expectWithin = (ms: number, problem: string): void => {
      clearTimeout(timer);
      timer = setTimeout(() => cut.abort(new Error(problem)), ms).unref();
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      expectWithin(timeoutMs, 'no answer in time');
      const response = await this.#request(after, cut.signal);
      const bytes = heard(responseChunks(response, cut.signal), () =>
        expectWithin(silenceMs, 'the feed fell silent'),
      );
      for await (const { event, data } of parseServerSentEvents(bytes)) {
        const message = parseFeedMessage(event, data);
        if (message !== undefined) yield message;
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      cut.abort();
    }
  }

  async #request(after: number | undefined, signal: AbortSignal): Promise<Response> {
    const { url, tokens } = this.options;
    const response = await fetch(url, {
      // The token must go to nobody else.
      redirect: 'error',
      signal,
      headers: {
        accept: 'text/event-stream',
        authorization: `Bearer ${await tokens.token(signal)}`,
        ...(after === undefined ? {} : { 'last-event-id': String(after) }),
      },
    });
    if (response.status === 200) return response;
    await response.body?.cancel();
    if (response.status === 401) tokens.forget();
    throw new Error(`the feed answered ${response.status}`);
  }
}

async function* heard(chunks: AsyncIterable<Uint8Array>, tell: () => void) {
  tell();
  for await (const chunk of chunks) {
    tell();
    yield chunk;
  }
}
