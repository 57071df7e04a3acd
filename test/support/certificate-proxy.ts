/** A proxy that speaks TLS, asks its clients for a certificate and passes it on in a header, as nginx is told to. */
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo } from 'node:net';
import { type TLSSocket } from 'node:tls';
import { CertificateAuthority, type TestCertificate } from '@keyward/auth-service/testing';
import * as undici from 'undici';

/** The headers of docs/operations.md. */
export const CERTIFICATE_HEADER = 'X-SSL-Client-Cert';
export const VERIFIED_HEADER = 'X-SSL-Client-Verify';

/** In front of one server on loopback, whose clients reach it by this address then. */
export class CertificateProxy {
  readonly #agents: undici.Agent[] = [];

  private constructor(
    private readonly server: Server,
    private readonly serverAuthority: CertificateAuthority,
  ) {}

  /**
   * @param upstream the port that it passes requests on to
   * @param clientAuthority whose certificates it calls verified; it asks for any
   * @param port to listen on; any by default
   */
  static async start(
    upstream: () => number,
    clientAuthority: CertificateAuthority,
    port = 0,
  ): Promise<CertificateProxy> {
    const serverAuthority = await CertificateAuthority.create('CN=Server Authority');
    const names = [{ type: 'ip' as const, value: '127.0.0.1' }];
    const { cert, key } = await serverAuthority.issue({
      subject: 'CN=proxy',
      usage: 'server',
      names,
    });
    const server = createServer(
      { cert, key, ca: clientAuthority.cert, requestCert: true, rejectUnauthorized: false },
      (request, response) => void passOn(request, response, upstream()),
    );
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new CertificateProxy(server, serverAuthority);
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A fetch on connections that prove this certificate, or none. */
  fetchWith(certificate?: TestCertificate): typeof undici.fetch {
    const { cert, key } = certificate ?? {};
    const ca = this.serverAuthority.cert;
    const dispatcher = new undici.Agent({ connect: { ca, ...(cert && { cert, key }) } });
    this.#agents.push(dispatcher);
    return (url, init) => undici.fetch(url, { ...init, dispatcher });
  }

  async stop(): Promise<void> {
    for (const agent of this.#agents) await agent.close();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

async function passOn(request: IncomingMessage, response: ServerResponse, port: number) {
  const socket = request.socket as TLSSocket;
  const certificate = socket.getPeerX509Certificate();
  const { method, url: path } = request;
  // Both are overwritten in every request, whatever its client sent.
  const headers = {
    ...request.headers,
    [CERTIFICATE_HEADER.toLowerCase()]: encodeURIComponent(certificate?.toString() ?? ''),
    [VERIFIED_HEADER.toLowerCase()]: certificate === undefined ? 'NONE' : verified(socket),
    'x-forwarded-for': socket.remoteAddress,
    'x-forwarded-proto': 'https',
  };
  const upstream = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false });
  request.pipe(upstream);
  upstream.on('error', () => response.writeHead(502).end());
  upstream.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
}

/** nginx's words. */
function verified({ authorized, authorizationError }: TLSSocket): string {
  return authorized ? 'SUCCESS' : `FAILED:${String(authorizationError)}`;
}
