/** Tells the clients of ended sessions, behind the answers, until each has understood. */
import { setMaxListeners } from 'node:events';
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { AuditTrail } from '../audit/audit.trail.js';
import { ClientStore } from '../client/client.store.js';
import { BACKGROUND } from '../http/request.origin.js';
import { SessionClock } from '../session/session.clock.js';
import {
  type LogoutDelivery,
  LogoutDeliveryStore,
  type LogoutOutcome,
} from './logout-delivery.store.js';
import { LogoutTokenIssuer } from './logout-token.issuer.js';
import { LogoutSender } from './logout.sender.js';

const POLL_INTERVAL_MS = 1000;
const BATCH = 20;

/** Longer than an attempt takes: until then no other replica makes one. */
const CLAIM_MS = 30_000;

const FIRST_RETRY_MS = 5000;
const MAX_RETRY_MS = 3_600_000;

/** After which the client's own session has most likely expired. */
export const GIVE_UP_AFTER_MS = 86_400_000;

/** Any number of replicas share the work. A client may be told twice, and never not at all. */
@Injectable()
export class LogoutRelay implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(LogoutRelay.name);
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;

  constructor(
    private readonly deliveries: LogoutDeliveryStore,
    private readonly clients: ClientStore,
    private readonly tokens: LogoutTokenIssuer,
    private readonly sender: LogoutSender,
    private readonly audit: AuditTrail,
    private readonly clock: SessionClock,
  ) {
    // Each attempt of a batch listens: that many are no leak.
    setMaxListeners(2 * BATCH, this.stopping.signal);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      void this.deliverDue().catch((error: unknown) =>
        this.logger.debug(`put off: ${String(error)}`),
      );
    }, POLL_INTERVAL_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await Promise.allSettled([this.running]);
  }

  /**
   * Makes every attempt that is due, each once among all replicas.
   * @throws TemporarilyUnavailableError where the record cannot be reached
   */
  deliverDue(): Promise<void> {
    this.running ??= this.deliverAll().finally(() => (this.running = null));
    return this.running;
  }

  private async deliverAll(): Promise<void> {
    let claimed: readonly LogoutDelivery[];
    do {
      const now = this.clock.now();
      claimed = await this.deliveries.claimDue(now, after(now, CLAIM_MS), BATCH);
      // One that fails in another way than the client's is due again when its claim has run out.
      await Promise.allSettled(claimed.map((delivery) => this.attempt(delivery)));
    } while (claimed.length === BATCH && !this.stopping.signal.aborted);
  }

  private async attempt(delivery: LogoutDelivery): Promise<void> {
    const { clientId, deliveryId } = delivery;
    const client = await this.clients.find(clientId);
    const uri = client?.disabledAt === null ? client.backchannelLogoutUri : null;
    if (uri === null) return this.finish(delivery, 'given_up', 'the client is not told any more');
    try {
      await this.sender.send(uri, await this.tokens.issue(delivery), this.stopping.signal);
    } catch (error) {
      const now = this.clock.now();
      const retryAt = after(now, retryDelayMs(delivery.attempts));
      if (retryAt > after(delivery.createdAt, GIVE_UP_AFTER_MS)) {
        return this.finish(delivery, 'given_up', String(error));
      }
      this.logger.warn(`logout of client ${clientId} is tried again: ${String(error)}`);
      return this.deliveries.retryAt(deliveryId, retryAt);
    }
    await this.finish(delivery, 'delivered');
  }

  private async finish(delivery: LogoutDelivery, outcome: LogoutOutcome, reason?: string) {
    const { deliveryId, clientId, accountId, sid, attempts } = delivery;
    await this.deliveries.finish(deliveryId, outcome, this.clock.now());
    this.audit.record({
      origin: BACKGROUND,
      type: 'logout.client_told',
      outcome: outcome === 'delivered' ? 'success' : 'failure',
      ...(reason === undefined ? {} : { reason }),
      accountId,
      clientId,
      sid,
      detail: { attempts },
    });
  }
}

/** Four times as long after each attempt, up to an hour; spread, so that not all come at once. */
function retryDelayMs(attempts: number): number {
  const delay = Math.min(FIRST_RETRY_MS * 4 ** (attempts - 1), MAX_RETRY_MS);
  return delay * (0.75 + Math.random() / 4);
}

function after(time: Date, ms: number): Date {
  return new Date(time.getTime() + ms);
}
