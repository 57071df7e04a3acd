/** A JWK Set endpoint on loopback that counts its requests and can be made to fail. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

/** How the endpoint answers. */
export type JwksMode = 'keys' | 'hangs up' | 'answers 500' | 'answers garbage';

/** A real HTTP server in the place of an issuer's `jwks_uri`. */
export class JwksServer {
  mode: JwksMode = 'keys';
  /** What is published; replaced as a whole, as a rotation does. */
  keys: readonly object[];
  /** Requests that arrived, whatever they were answered. */
  requests = 0;
  readonly #server: Server;

  private constructor(keys: readonly object[], maxAgeSeconds: number) {
    this.keys = keys;
    this.#server = createServer((_request, response) => {
      this.requests += 1;
      this.#answer(response, maxAgeSeconds);
    });
  }

  /** Listens on a free loopback port. */
  static async start(keys: readonly object[], maxAgeSeconds = 600): Promise<JwksServer> {
    const server = new JwksServer(keys, maxAgeSeconds);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get uri(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/jwks`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #answer(response: ServerResponse, maxAgeSeconds: number): void {
    if (this.mode === 'hangs up') {
      response.destroy();
      return;
    }
    response.statusCode = this.mode === 'answers 500' ? 500 : 200;
    response.setHeader('Content-Type', 'application/jwk-set+json');
    response.setHeader('Cache-Control', `max-age=${maxAgeSeconds}`);
    response.end(this.mode === 'answers garbage' ? '<html>' : JSON.stringify({ keys: this.keys }));
  }
}
