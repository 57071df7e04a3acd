/** A service on a loopback port that answers as a test says, and remembers what it was asked. */
import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo } from 'node:net';

/** A request as it came in. */
export interface AskedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers requests one after the other, with whatever fault a test wants. */
export class ScriptedService {
  readonly asked: AskedRequest[] = [];
  /** What answers a request. */
  answer: (request: AskedRequest, response: ServerResponse) => void = (_, response) => {
    response.writeHead(200).end('ok');
  };
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const asked = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
        this.asked.push(asked);
        this.answer(asked, response);
      });
    });
  }

  static async start(): Promise<ScriptedService> {
    const service = new ScriptedService();
    await new Promise<void>((resolve) => service.#server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  /** Origin without a trailing slash. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The last request. */
  get last(): AskedRequest {
    const last = this.asked.at(-1);
    if (last === undefined) throw new Error('nobody asked');
    return last;
  }

  /** The form of the last request. */
  get lastForm(): URLSearchParams {
    return new URLSearchParams(this.last.body);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Answers with a JSON document. */
export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
