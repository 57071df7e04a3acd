/** An HTTP proxy between resource servers and their issuer, at which single paths can answer otherwise. */
import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

/** What a path answers in the issuer's place. */
export type Interference = (response: ServerResponse) => void;

export class IssuerProxy {
  readonly #interferences = new Map<string, Interference>();
  readonly #agent = new http.Agent({ keepAlive: true });
  /** Answers that are still being passed on, by path. */
  readonly #streams = new Map<ServerResponse, string>();
  readonly #asked = new Map<string, number>();
  #interfered = 0;

  private constructor(
    private readonly server: http.Server,
    private readonly issuer: () => string,
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#forward(request, response),
    );
  }

  /** @param issuer origin of the server that answers now, asked at each request */
  static async to(issuer: () => string): Promise<IssuerProxy> {
    const server = http.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new IssuerProxy(server, issuer);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** How many requests were answered otherwise so far. */
  get interfered(): number {
    return this.#interfered;
  }

  /** How many requests for a path came so far. */
  askedFor(path: string): number {
    return this.#asked.get(path) ?? 0;
  }

  /** From now on this path answers so, and what it was answering breaks off. */
  interfere(path: string, interference: Interference): void {
    this.#interferences.set(path, interference);
    for (const [response, ofPath] of this.#streams) if (ofPath === path) response.destroy();
  }

  /** From now on the path answers as the issuer does. */
  restore(path: string): void {
    this.#interferences.delete(path);
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? '/', 'http://proxy').pathname;
    this.#asked.set(path, this.askedFor(path) + 1);
    const interference = this.#interferences.get(path);
    if (interference !== undefined) {
      this.#interfered += 1;
      request.resume();
      return interference(response);
    }
    this.#streams.set(response, path);
    const sent = http.request(this.issuer() + String(request.url), {
      method: request.method ?? 'GET',
      headers: request.headers,
      agent: this.#agent,
    });
    sent.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    // As a network does, and not as a gateway: it has no answers of its own.
    sent.on('error', () => response.destroy());
    response.on('close', () => {
      this.#streams.delete(response);
      sent.destroy();
    });
    request.pipe(sent);
  }
}
