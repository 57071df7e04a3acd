/** A reverse proxy in front of replicas, as operators run one: it asks who is ready, and retries only what cannot have arrived. */
import { once } from 'node:events';
import http, {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

const CHECK_INTERVAL_MS = 100;

/** Sends each request to the next replica that says it is ready. */
export class BalancingProxy {
  private readonly ready = new Set<string>();
  // Connections are kept and used again, as that is where a shutdown loses requests.
  private readonly agent = new http.Agent({ keepAlive: true });
  private readonly checks: NodeJS.Timeout;
  private turn = 0;

  private constructor(
    private readonly server: http.Server,
    private readonly replicas: readonly string[],
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.forward(request, response);
    });
    this.checks = setInterval(() => void this.checkAll(), CHECK_INTERVAL_MS);
  }

  /** @param replicas their origins; they may come up later */
  static async listen(port: number, replicas: readonly string[]): Promise<BalancingProxy> {
    const server = http.createServer();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new BalancingProxy(server, replicas);
    await proxy.checkAll();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Resolves when it knows that the replica is ready, or is not. */
  async knows(replica: string, isReady: boolean): Promise<void> {
    while (this.ready.has(replica) !== isReady) await this.checkAll();
  }

  async close(): Promise<void> {
    clearInterval(this.checks);
    this.agent.destroy();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async checkAll(): Promise<void> {
    await Promise.all(
      this.replicas.map(async (replica) => {
        const answer = await fetch(`${replica}/health/ready`).catch(() => null);
        await answer?.arrayBuffer().catch(() => null);
        if (answer?.status === 200) this.ready.add(replica);
        else this.ready.delete(replica);
      }),
    );
  }

  private async forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request).catch(() => null);
    if (body === null) return;
    const targets = this.replicas.filter((replica) => this.ready.has(replica));
    this.turn += 1;
    for (let attempt = 0; attempt < targets.length; attempt += 1) {
      const target = targets[(this.turn + attempt) % targets.length] ?? '';
      const outcome = await this.send(target, request, body, response);
      if (outcome === 'answered') return;
      if (outcome === 'lost') break;
    }
    if (!response.headersSent) response.writeHead(502).end('no replica answered');
    else response.destroy();
  }

  /** `refused`: nothing was sent, so that another one may be asked. */
  private send(
    target: string,
    { method, url, headers, socket }: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
  ): Promise<'answered' | 'refused' | 'lost'> {
    return new Promise((resolve) => {
      const forwarded: OutgoingHttpHeaders = {
        ...headers,
        connection: 'keep-alive',
        'x-forwarded-for': socket.remoteAddress ?? '',
      };
      const sent = http.request(target + String(url), {
        method,
        headers: forwarded,
        agent: this.agent,
      });
      sent.on('response', (answer) => {
        const { connection: _hop, ...answered } = answer.headers;
        response.writeHead(answer.statusCode ?? 502, answered);
        answer.pipe(response);
        answer.on('end', () => resolve('answered'));
        answer.on('error', () => resolve('lost'));
        response.on('close', () => answer.destroy());
      });
      sent.on('error', ({ code }: NodeJS.ErrnoException) =>
        resolve(code === 'ECONNREFUSED' ? 'refused' : 'lost'),
      );
      sent.end(body);
    });
  }
}
