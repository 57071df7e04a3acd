/** An https site on this machine, on which clients publish what they are. */
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CertificateAuthority } from '@keyward/auth-service/testing';

/** Its certificate is of an authority of its own, which `NODE_EXTRA_CA_CERTS` has to name. */
export class ClientSite {
  /** `METHOD path` of each request, in order. */
  readonly requests: string[] = [];
  private readonly documents = new Map<string, string>();

  private constructor(
    private readonly server: Server,
    /** The certificate of the authority, in PEM. */
    readonly authorityFile: string,
  ) {
    server.on('request', (request, response) => {
      const path = request.url ?? '';
      this.requests.push(`${request.method ?? ''} ${path}`);
      const document = this.documents.get(path);
      const status = document === undefined ? 404 : 200;
      response.writeHead(status, { 'content-type': 'application/json' }).end(document);
    });
  }

  /** @param directory for the certificate of its authority */
  static async start(directory: string): Promise<ClientSite> {
    const authority = await CertificateAuthority.create('CN=Client Site Authority');
    const authorityFile = join(directory, 'client-site.pem');
    await writeFile(authorityFile, authority.cert);
    const { cert, key } = await authority.issue({
      subject: 'CN=localhost',
      names: [{ type: 'dns', value: 'localhost' }],
      usage: 'server',
    });
    const server = createServer({ cert, key });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ClientSite(server, authorityFile);
  }

  get host(): string {
    return `localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** @returns the client's id */
  publish(path: string, members: object): string {
    const clientId = `https://${this.host}${path}`;
    this.documents.set(path, JSON.stringify({ ...members, client_id: clientId }));
    return clientId;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
