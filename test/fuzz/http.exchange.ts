/** Sends a request as octets and reads its answer, over connections that are kept. */
import http, { type IncomingMessage } from 'node:http';
import { type HttpInput } from './http.input.js';

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Octets, a character each; of a stream without end only its beginning. */
  readonly body: string;
}

// What a header and a request line can hold at all; anything else is for the raw target.
const NOT_IN_HEADER = /[^\t\x20-\x7e\x80-\xff]/g;
const NOT_IN_TARGET = /[^\x21-\x7e]/g;
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;

class StaleConnectionError extends Error {}

/** Speaks to one server. */
export class HttpExchange {
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

  constructor(private readonly port: number) {}

  /** @throws Error where the server breaks off the connection without an answer */
  async send(input: HttpInput): Promise<HttpAnswer> {
    try {
      return await this.#once(input);
    } catch (error) {
      // What is no HTTP to the server has no method for it: its refusal of a HEAD has a body.
      if ((error as NodeJS.ErrnoException).code === 'HPE_CLOSED_CONNECTION') {
        return this.#once({ ...input, method: 'GET' });
      }
      // The server closed a connection that was kept while the request was on its way (RFC 9112 section 9.3.1).
      if (!(error instanceof StaleConnectionError)) throw error;
      return this.#once(input, new http.Agent());
    }
  }

  #once(input: HttpInput, agent = this.#agent): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const body = Buffer.from(input.body, 'latin1');
      const bodiless = input.method === 'GET' || input.method === 'HEAD';
      const request = http.request({
        ...{ host: '127.0.0.1', port: this.port, agent, method: input.method },
        path: pathOf(input.target),
        headers: flat(input, bodiless ? undefined : body.length),
        setHost: false,
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        const stale = request.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '');
        reject(stale ? new StaleConnectionError() : error);
      });
      request.on('response', (response) => {
        readAnswer(response).then(resolve, reject);
      });
      request.end(bodiless ? undefined : body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Names and values in turn, which keeps one that stands twice. */
function flat({ headers }: HttpInput, length: number | undefined): http.OutgoingHttpHeaders {
  const lines = headers
    .filter(
      ([name]) => TOKEN.test(name) && !/^(content-length|transfer-encoding|expect)$/i.test(name),
    )
    .flatMap(([name, value]) => [name, value.replace(NOT_IN_HEADER, '')]);
  const needed = length === undefined ? [] : ['content-length', String(length)];
  const host = headers.some(([name]) => name.toLowerCase() === 'host') ? [] : ['host', '127.0.0.1'];
  return [...host, ...lines, ...needed] as unknown as http.OutgoingHttpHeaders;
}

async function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const { statusCode: status = 0, headers } = response;
  if (headers['content-type']?.startsWith('text/event-stream')) {
    response.destroy();
    return { status, headers, body: '' };
  }
  response.setEncoding('latin1');
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status, headers, body };
}

function pathOf(target: string): string {
  const path = target.replace(NOT_IN_TARGET, '');
  return path.startsWith('/') ? path : `/${path}`;
}
