/** Forgets audit events that are older than the operator wants to keep. */
import { Inject, Injectable } from '@nestjs/common';
import { auditConfig, type AuditConfig } from '../config/audit.config.js';
import { HourlyPurge } from '../record/hourly.purge.js';
import { AuditRecord } from './audit.record.js';

const DAY_MS = 86_400_000;

@Injectable()
export class AuditRetention extends HourlyPurge {
  constructor(
    private readonly record: AuditRecord,
    @Inject(auditConfig.KEY) private readonly config: AuditConfig,
  ) {
    super();
  }

  override async purge(): Promise<void> {
    const before = new Date(Date.now() - this.config.retentionDays * DAY_MS);
    await this.inBatches((limit) => this.record.purge(before, limit));
  }
}
