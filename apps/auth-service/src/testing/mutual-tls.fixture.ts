/** A test application that speaks TLS, on one port for browsers and on one for client certificates. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { freeLoopbackPort } from '../storage/testing/free-loopback-port.js';
import { bootstrapDocument } from './bootstrap.fixture.js';
import { CertificateAuthority, type TestCertificate } from './certificate.authority.js';
import { TestApplication, type TestApplicationOptions } from './test-application.js';

/** An answer, read to its end. */
export interface TlsAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export class MutualTlsApplication {
  private readonly agents: Agent[] = [];

  private constructor(
    readonly server: TestApplication,
    /** Vouches for the server, and for nobody else. */
    private readonly serverAuthority: CertificateAuthority,
    readonly mutualPort: number,
    private readonly directory: string,
  ) {}

  /**
   * @param authority that vouches for clients
   * @param clients beside those of bootstrap.fixture.ts
   */
  static async start(
    authority: CertificateAuthority | null,
    clients: readonly object[],
    options: TestApplicationOptions = {},
  ): Promise<MutualTlsApplication> {
    const directory = mkdtempSync(join(tmpdir(), 'keyward-mutual-tls-'));
    const file = (name: string, text: string) => {
      writeFileSync(join(directory, name), text);
      return join(directory, name);
    };
    const serverAuthority = await CertificateAuthority.create('CN=Server Authority');
    const { cert, key } = await serverAuthority.issue({
      subject: 'CN=login',
      usage: 'server',
      names: [{ type: 'ip', value: '127.0.0.1' }],
    });
    const mutualPort = await freeLoopbackPort();
    const document = bootstrapDocument();
    const bootstrap = { ...document, clients: [...document.clients, ...clients] };
    const server = await TestApplication.start({
      ...options,
      environment: {
        AUTH_BOOTSTRAP_FILE: file('bootstrap.json', JSON.stringify(bootstrap)),
        AUTH_TLS_CERT_FILE: file('cert.pem', cert),
        AUTH_TLS_KEY_FILE: file('key.pem', key),
        AUTH_TLS_CLIENT_CA_FILE: authority === null ? '' : file('ca.pem', authority.cert),
        AUTH_MTLS_PORT: String(mutualPort),
        AUTH_MTLS_ISSUER_URL: `https://127.0.0.1:${mutualPort}`,
        ...options.environment,
      },
    });
    return new MutualTlsApplication(server, serverAuthority, mutualPort, directory);
  }

  /** Posts a form on the port for certificates, on a connection of its own kind. */
  post(
    path: string,
    form: Record<string, string>,
    certificate?: Pick<TestCertificate, 'cert' | 'key'>,
    headers: Record<string, string | string[]> = {},
    port = this.mutualPort,
  ): Promise<TlsAnswer> {
    return this.send(path, new URLSearchParams(form).toString(), certificate, headers, port);
  }

  /** A connection pool that proves a certificate. */
  agent(certificate?: Pick<TestCertificate, 'cert' | 'key'>): Agent {
    const agent = new Agent({
      connect: {
        ca: this.serverAuthority.cert,
        ...(certificate && { cert: certificate.cert, key: certificate.key }),
      },
    });
    this.agents.push(agent);
    return agent;
  }

  async stop(): Promise<void> {
    for (const agent of this.agents) await agent.close();
    await this.server.stop();
    rmSync(this.directory, { recursive: true });
  }

  private async send(
    path: string,
    body: string,
    certificate: Pick<TestCertificate, 'cert' | 'key'> | undefined,
    headers: Record<string, string | string[]>,
    port: number,
  ): Promise<TlsAnswer> {
    const dispatcher = this.agent(certificate);
    const answer = await request(`https://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
      dispatcher,
    });
    return {
      status: answer.statusCode,
      body: (await answer.body.json()) as Record<string, unknown>,
    };
  }
}
