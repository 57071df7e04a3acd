/** An issuer's HTTP server for tests: real sockets, and whatever answers a test wants. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

/** What answers one request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** One request as it came in. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/** Answers by path; a path without an answer is 404. */
export class IssuerServer {
  readonly requests: SeenRequest[] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const path = request.url ?? '';
      this.requests.push({ path, headers: request.headers });
      const answer = this.#answers.get(path) ?? ((_, missing) => missing.writeHead(404).end());
      answer(request, response);
    });
  }

  static async start(): Promise<IssuerServer> {
    const server = new IssuerServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  /** Origin without a trailing slash. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get jwksUri(): string {
    return `${this.url}/jwks`;
  }

  /** How often `path` was asked for. */
  count(path = '/jwks'): number {
    return this.requests.filter((request) => request.path === path).length;
  }

  on(path: string, answer: Answer): void {
    this.#answers.set(path, answer);
  }

  /** Answers `path` with this document. */
  serve(path: string, body: unknown, headers: Record<string, string> = {}): void {
    this.on(path, (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
    });
  }

  /** Answers `/jwks` with these keys. */
  publish(keys: readonly unknown[], headers: Record<string, string> = {}): void {
    this.serve('/jwks', { keys }, headers);
  }

  /** Answers `path` with this status alone. */
  fail(status: number, path = '/jwks'): void {
    this.on(path, (_, response) => response.writeHead(status).end('{"error":"internal"}'));
  }

  /** Keeps every request to `path` waiting until the returned function lets them go on to `then`. */
  hold(then: Answer, path = '/jwks'): () => void {
    const waiting: (() => void)[] = [];
    let open = false;
    this.on(path, (request, response) => {
      const go = (): void => then(request, response);
      if (open) go();
      else waiting.push(go);
    });
    return () => {
      open = true;
      for (const go of waiting.splice(0)) go();
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
