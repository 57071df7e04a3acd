/** Removes sessions that are long over. */
import { Injectable } from '@nestjs/common';
import { HourlyPurge } from '../record/hourly.purge.js';
import { SessionClock } from './session.clock.js';
import { SessionRecord } from './session.record.js';

/** How long a session can still be looked up by an operator after its absolute end. */
const KEPT_AFTER_END_MS = 86_400_000;

@Injectable()
export class SessionPurge extends HourlyPurge {
  constructor(
    private readonly record: SessionRecord,
    private readonly clock: SessionClock,
  ) {
    super();
  }

  override async purge(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT_AFTER_END_MS);
    await this.inBatches((limit) => this.record.purge(before, limit));
  }
}
