/** Forgets which clients were told of the end of a session, once no operator asks any more. */
import { Injectable } from '@nestjs/common';
import { HourlyPurge } from '../record/hourly.purge.js';
import { SessionClock } from '../session/session.clock.js';
import { LogoutDeliveryStore } from './logout-delivery.store.js';

/** How long an operator can see what became of a delivery. */
const KEPT_MS = 7 * 86_400_000;

@Injectable()
export class LogoutPurge extends HourlyPurge {
  constructor(
    private readonly deliveries: LogoutDeliveryStore,
    private readonly clock: SessionClock,
  ) {
    super();
  }

  override async purge(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT_MS);
    await this.inBatches((limit) => this.deliveries.purge(before, limit));
  }
}
