/** A TCP proxy in front of auth-service that lets refreshes through and loses their answers. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class RefreshThief {
  /** How many answers to refreshes are still to be lost. */
  toLose = 0;
  /** Refreshes that came through, answered or not. */
  refreshes = 0;
  /** The refresh token that came last, as whoever is on the way would see it. */
  lastRefreshToken = '';
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('connection', (inbound) => this.#accept(inbound));
  }

  /** @param target URL of the real server; set later where it is not known yet */
  static async to(target: string): Promise<RefreshThief> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RefreshThief(server, new URL(target));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#sockets.forEach((socket) => socket.destroy());
    this.server.close();
    await once(this.server, 'close');
  }

  #accept(inbound: Socket): void {
    const outbound = connect(Number(this.target.port), this.target.hostname);
    for (const socket of [inbound, outbound]) {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      // The other end sees the connection close, which is what the tests are about.
      socket.on('error', () => undefined);
    }
    inbound.on('close', () => outbound.destroy());
    outbound.on('close', () => inbound.destroy());
    let isRefresh = false;
    inbound.on('data', (chunk: Buffer) => {
      if (chunk.includes('grant_type=refresh_token')) {
        isRefresh = true;
        this.refreshes += 1;
        this.lastRefreshToken = /refresh_token=(kwr_[\w-]+)/.exec(chunk.toString())?.[1] ?? '';
      }
      outbound.write(chunk);
    });
    outbound.on('data', (chunk: Buffer) => {
      if (isRefresh && this.toLose > 0) {
        this.toLose -= 1;
        inbound.destroy();
        return;
      }
      isRefresh = false;
      inbound.write(chunk);
    });
  }
}
