/** Closes an HTTP server without losing a request that reached it. */
import { type Server } from 'node:http';
import { type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a connection that nobody has used yet may take to bring its first request. */
const FIRST_REQUEST_MS = 500;

const SWEEP_MS = 50;

/** Watches the connections of one server, from before it listens. */
export class ServerDrain {
  // Node counts a connection that never carried anything as busy, and would wait for it.
  readonly #open = new Set<Socket>();

  constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    });
  }

  /** From now on every answer is the last of its connection, so that the next one is made elsewhere. */
  endConnections(): void {
    this.server.prependListener('request', (_request, response) => {
      response.shouldKeepAlive = false;
    });
  }

  /**
   * Takes no new connection and resolves when all are gone.
   * @param timeoutMs how long requests under way may take; then their connections are cut
   * @returns whether none had to be cut
   */
  async close(timeoutMs: number): Promise<boolean> {
    if (!this.server.listening) return true;
    const closed = new Promise<true>((resolve) => this.server.close(() => resolve(true)));
    const sweep = setInterval(() => this.server.closeIdleConnections(), SWEEP_MS);
    const unused = setTimeout(() => this.#cutUnused(), FIRST_REQUEST_MS);
    const end = new AbortController();
    const late = sleep(timeoutMs, false, { signal: end.signal }).catch(() => false);
    const inTime = await Promise.race([closed, late]);
    if (!inTime) this.server.closeAllConnections();
    await closed;
    end.abort();
    clearInterval(sweep);
    clearTimeout(unused);
    return inTime;
  }

  #cutUnused(): void {
    for (const socket of this.#open) if (socket.bytesRead === 0) socket.destroy();
  }
}
