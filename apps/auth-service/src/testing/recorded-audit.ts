/** An audit trail that remembers, for unit tests of whatever decides. */
import { type AuditEvent, AuditTrail } from '../audit/audit.trail.js';

export class RecordedAudit extends AuditTrail {
  /** In order; the reference of the first is `reference-1`. */
  readonly events: AuditEvent[] = [];

  record(event: AuditEvent): string {
    return `reference-${this.events.push(event)}`;
  }
}
