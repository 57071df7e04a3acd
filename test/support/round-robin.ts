/** A TCP proxy that gives its connections to several processes in turn, as replicas are given them. */
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';

export class RoundRobin {
  #next = 0;

  private constructor(private readonly server: Server) {}

  /** Listens on `port`; `targets` are ports of this machine. */
  static async start(port: number, targets: readonly number[]): Promise<RoundRobin> {
    const server = createServer();
    const balancer = new RoundRobin(server);
    server.on('connection', (inbound) => {
      const outbound = connect(targets[(balancer.#next += 1) % targets.length] ?? 0, '127.0.0.1');
      for (const [one, other] of [
        [inbound, outbound],
        [outbound, inbound],
      ] as const) {
        one.on('error', () => undefined).on('close', () => other.destroy());
        one.pipe(other);
      }
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return balancer;
  }

  async stop(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }
}
