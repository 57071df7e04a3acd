/** A TCP proxy in front of a real server that can cut its connections, swallow what is sent, or delay it. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What the proxy does: pass everything on, refuse connections, or take bytes and never answer. */
export type FaultProxyMode = 'pass' | 'refuse' | 'hang';

/** Makes the network fail at a moment of the test's choice. */
export class FaultProxy {
  private mode: FaultProxyMode = 'pass';
  private delayMs = 0;
  /** What is on its way to a socket. */
  private readonly late = new WeakMap<Socket, Buffer[]>();
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private target: URL,
  ) {
    server.on('connection', (inbound) => this.accept(inbound));
  }

  /** @param target URL of the real server */
  static async to(target: string): Promise<FaultProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FaultProxy(server, new URL(target));
  }

  /** The target's URL with this proxy in the place of the server. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Changes the mode; existing connections are cut where it refuses. */
  become(mode: FaultProxyMode): void {
    this.mode = mode;
    if (mode === 'refuse') this.sockets.forEach((socket) => socket.destroy());
    if (mode === 'pass') this.sockets.forEach((socket) => socket.resume());
    if (mode === 'hang') this.sockets.forEach((socket) => socket.pause());
  }

  /** From now on all that is sent, in either direction, arrives this many milliseconds later. */
  slowDown(delayMs: number): void {
    this.delayMs = delayMs;
  }

  /** From now on new connections go to another server; existing ones are cut. */
  retarget(target: string): void {
    this.target = new URL(target);
    this.sockets.forEach((socket) => socket.destroy());
  }

  async close(): Promise<void> {
    this.become('refuse');
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(inbound: Socket): void {
    if (this.mode === 'refuse') {
      inbound.destroy();
      return;
    }
    const outbound = connect(Number(this.target.port), this.target.hostname);
    for (const [from, to] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (chunk) => this.deliver(to, chunk));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
      if (this.mode === 'hang') from.pause();
    }
  }
  /** In the order in which it came, also where the delay has changed meanwhile. */
  private deliver(to: Socket, chunk: Buffer): void {
    const waiting = this.late.get(to) ?? [];
    if (this.delayMs === 0 && waiting.length === 0) {
      to.write(chunk);
      return;
    }
    this.late.set(to, waiting);
    waiting.push(chunk);
    setTimeout(() => {
      const first = waiting.shift();
      if (first !== undefined && !to.destroyed) to.write(first);
    }, this.delayMs);
  }
}
