/** An audit trail that remembers, for unit tests of whatever decides. */
import { type AuditEvent, AuditTrail } from '../audit/audit.trail.js';
import { type Origin } from '../http/request.origin.js';

export class RecordedAudit extends AuditTrail {
  /** In order; the reference of the first is `reference-1`. */
  readonly events: Omit<AuditEvent, 'origin'>[] = [];
  /** Of each event, whose doing it was. */
  readonly origins: Origin[] = [];

  record({ origin, ...event }: AuditEvent): string {
    this.origins.push(origin);
    return `reference-${this.events.push(event)}`;
  }
}
