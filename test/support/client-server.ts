/** What stands at a client's redirect URIs and elsewhere on the web, in tests of what browsers do. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request that came. */
export interface ClientRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly body: string;
}

/** An origin of its own that records requests, and answers a page with the text `arrived`. */
export class ClientServer {
  readonly requests: ClientRequest[] = [];
  private readonly pages = new Map<string, string>();
  private readonly redirects = new Map<string, string>();

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.answer(request, response);
    });
  }

  static async start(): Promise<ClientServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ClientServer(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** From now on answers this path with this HTML. */
  show(path: string, html: string): void {
    this.pages.set(path, html);
  }

  /** From now on sends browsers on from this path. */
  redirect(path: string, location: string): void {
    this.redirects.set(path, location);
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const path = url.split('?', 1)[0] ?? '';
    // What a browser asks for by itself is no client's answer.
    if (path === '/favicon.ico') {
      response.writeHead(204).end();
      return;
    }
    this.requests.push({ method, url, body: await text(request) });
    const location = this.redirects.get(path);
    if (location !== undefined) {
      response.writeHead(302, { location }).end();
      return;
    }
    const html = this.pages.get(path) ?? '<!doctype html><title>arrived</title>arrived';
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
  }
}
