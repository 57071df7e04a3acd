/** Ends the process in an order in which no request is lost. */
import { type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type INestApplication, Logger } from '@nestjs/common';
import { MutualTlsListener } from '../client-certificate/mutual-tls.listener.js';
import { lifecycleConfig, type LifecycleConfig } from '../config/lifecycle.config.js';
import { FeedFollowers } from '../revocation/feed/feed.followers.js';
import { ServerDrain } from './server.drain.js';
import { ServingState } from './serving.state.js';

/** For what is written at the very end: audit events and checkpoints have limits of their own below it. */
const FLUSH_TIMEOUT_MS = 15_000;

/**
 * First readiness goes down, while everything is answered as ever: proxies notice and go elsewhere.
 * Then the port closes and requests under way are finished. Only then stops what they need: relays,
 * buffers (which are written), and last the connections to Redis and PostgreSQL.
 */
export class GracefulShutdown {
  private readonly logger = new Logger('auth-service');
  private readonly config: LifecycleConfig;
  private readonly drain: ServerDrain;
  private ending: Promise<void> | null = null;

  /** @param app created and not listening yet */
  constructor(private readonly app: INestApplication) {
    this.config = app.get<LifecycleConfig>(lifecycleConfig.KEY);
    this.drain = new ServerDrain(app.getHttpServer() as Server);
  }

  /** Ends the process at these signals, with code 0. More signals change nothing. */
  onSignals(signals: readonly NodeJS.Signals[]): void {
    for (const signal of signals) {
      process.on(signal, () => {
        this.ending ??= this.endProcess(signal);
      });
    }
  }

  /** Bears no repetition. Rejects where something could not be closed. */
  async run(): Promise<void> {
    const { drainMs, shutdownTimeoutMs } = this.config;
    this.app.get(ServingState, { strict: false }).drain();
    const mutualTls = this.app.get(MutualTlsListener, { strict: false });
    this.drain.endConnections();
    mutualTls.endConnections();
    await sleep(drainMs);
    const closed = [this.drain.close(shutdownTimeoutMs), mutualTls.close(shutdownTimeoutMs)];
    // They read for as long as there is a feed; each goes on elsewhere from where it is.
    await this.app.get(FeedFollowers, { strict: false }).end();
    if (!(await Promise.all(closed)).every(Boolean)) {
      this.logger.warn(`cut requests that took more than ${shutdownTimeoutMs} ms`);
    }
    await this.app.close();
  }

  private async endProcess(signal: NodeJS.Signals): Promise<void> {
    const { drainMs, shutdownTimeoutMs } = this.config;
    const isListening = (this.app.getHttpServer() as Server).listening;
    this.logger.log(`${signal}: ${isListening ? `closing in ${drainMs} ms` : 'ending the start'}`);
    setTimeout(
      () => {
        this.logger.fatal('did not end in time');
        process.exit(1);
      },
      (isListening ? drainMs + shutdownTimeoutMs : 0) + FLUSH_TIMEOUT_MS,
    ).unref();
    try {
      await (isListening ? this.run() : this.app.close());
      process.exit(0);
    } catch (error) {
      this.logger.error(error);
      process.exit(1);
    }
  }
}
