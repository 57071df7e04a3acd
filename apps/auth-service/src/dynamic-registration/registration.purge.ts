/** Forgets clients that registered themselves and were never of use, and those that took their leave. */
import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit.trail.js';
import { registrationConfig, type RegistrationConfig } from '../config/registration.config.js';
import { BACKGROUND } from '../http/request.origin.js';
import { HourlyPurge } from '../record/hourly.purge.js';
import { SessionClock } from '../session/session.clock.js';
import { RegistrationStore } from './registration.store.js';

const DAY_MS = 86_400_000;

@Injectable()
export class RegistrationPurge extends HourlyPurge {
  constructor(
    private readonly store: RegistrationStore,
    private readonly audit: AuditTrail,
    private readonly clock: SessionClock,
    @Inject(registrationConfig.KEY) private readonly config: RegistrationConfig,
  ) {
    super();
  }

  override async purge(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - this.config.unusedDays * DAY_MS);
    await this.forget((limit) => this.store.purge(before, limit));
    await this.forget((limit) => this.store.purgePublished(before, limit));
  }

  private forget(purge: (limit: number) => Promise<readonly string[]>): Promise<void> {
    return this.inBatches(async (limit) => {
      const forgotten = await purge(limit);
      for (const clientId of forgotten) {
        const event = { origin: BACKGROUND, type: 'client.forgotten', clientId } as const;
        this.audit.record({ ...event, outcome: 'success', reason: 'never used, or gone' });
      }
      return forgotten.length;
    });
  }
}
