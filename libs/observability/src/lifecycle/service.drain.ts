/** Ends a service in an order in which whoever asks for its readiness goes elsewhere first. */
import { type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type INestApplication, Injectable, Logger } from '@nestjs/common';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Wants requests from the start until it is told to end; there is no way back. */
@Injectable()
export class ServiceDrain {
  private readonly logger = new Logger(ServiceDrain.name);
  #draining = false;
  private ending: Promise<void> | null = null;

  /** Whether requests should go elsewhere; those that come are answered all the same. */
  get isDraining(): boolean {
    return this.#draining;
  }

  /**
   * Ends the process at SIGINT or SIGTERM, with code 0. More signals change nothing.
   * @param drainMs how long requests are answered as ever, while readiness is down
   */
  endOnSignals(app: INestApplication, drainMs: number): void {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        this.ending ??= this.#endProcess(app, drainMs);
      });
    }
  }

  /** Readiness goes down, time passes, and then the port closes. Rejects where something cannot be closed. */
  async run(app: INestApplication, drainMs: number): Promise<void> {
    this.#draining = true;
    const server = app.getHttpServer() as Server;
    // Each answer is the last of its connection, so that the next request is made elsewhere.
    server.prependListener('request', (_request, response) => {
      response.shouldKeepAlive = false;
    });
    if (server.listening) await sleep(drainMs);
    await app.close();
  }

  async #endProcess(app: INestApplication, drainMs: number): Promise<void> {
    try {
      await this.run(app, drainMs);
      process.exit(0);
    } catch (error) {
      this.logger.error(error);
      process.exit(1);
    }
  }
}
