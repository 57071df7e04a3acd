/** A service behind a backend: tells what it was sent, and answers as its path says. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

export class EchoService {
  /** Every Authorization header that came, in order. */
  readonly authorizations: string[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.#answer(request, response);
    });
  }

  static async start(): Promise<EchoService> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new EchoService(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '', headers } = request;
    this.authorizations.push(headers.authorization ?? '');
    let size = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) size += chunk.length;
    const path = url.split('?', 1)[0] ?? '';
    if (path.endsWith('/silent')) return;
    if (path.endsWith('/redirect')) {
      response.writeHead(302, { Location: 'https://evil.example/' }).end();
      return;
    }
    if (path.endsWith('/step-up')) {
      const challenge =
        'Bearer error="insufficient_user_authentication", acr_values="urn:a urn:b", max_age="60"';
      response.writeHead(401, { 'WWW-Authenticate': challenge, Location: '/things/7' }).end();
      return;
    }
    if (path.endsWith('/never')) {
      response.writeHead(401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' }).end();
      return;
    }
    if (path.endsWith('/once') && this.authorizations.at(-2) !== 'refused') {
      this.authorizations.push('refused');
      response.writeHead(401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' }).end();
      return;
    }
    if (path.endsWith('/endless')) {
      response.writeHead(200, { 'Content-Type': 'text/plain' });
      while (response.write(Buffer.alloc(64 * 1024))) await new Promise(setImmediate);
      response.on('drain', () => response.write(Buffer.alloc(64 * 1024)));
      return;
    }
    response.writeHead(path.endsWith('/made') ? 201 : 200, {
      'Content-Type': path.endsWith('/page') ? 'text/html' : 'application/json',
      'Set-Cookie': 'planted=1; Path=/',
      'Access-Control-Allow-Origin': '*',
      'Clear-Site-Data': '"*"',
      ETag: '"1"',
      Location: '/things/7?x=1',
    });
    response.end(JSON.stringify({ method, url, headers, size }));
  }
}
