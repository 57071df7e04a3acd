/** Counts what is audited, by type and outcome. */
import { type AuditEvent, AuditTrail } from '../audit/audit.trail.js';
import { type ServerCounts } from './server.counts.js';

/** Both are words of the program; who it was about is for the record alone. */
export class CountedAuditTrail extends AuditTrail {
  constructor(
    private readonly trail: AuditTrail,
    private readonly counts: ServerCounts,
  ) {
    super();
  }

  record(event: AuditEvent): string {
    this.counts.audited.add(event.type, event.outcome);
    return this.trail.record(event);
  }
}
