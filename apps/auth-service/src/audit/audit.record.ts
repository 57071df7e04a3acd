/** Port: the audit events, kept for as long as the operator says. */
import { type AuditEvent } from './audit.trail.js';

/** An audit event as it was written. */
export interface RecordedAuditEvent extends Omit<AuditEvent, 'origin'> {
  /** The network address that asked; absent where nobody did. */
  readonly address?: string;
  /** The id of the request, as in the log. */
  readonly correlationId?: string;
  /** A UUID; later ones of one process are greater. */
  readonly reference: string;
  readonly occurredAt: Date;
}

/** Which events are asked for; members that are given must all hold. */
export interface AuditQuery {
  readonly reference?: string;
  readonly accountId?: string;
  readonly clientId?: string;
  readonly grantId?: string;
  readonly sid?: string;
  readonly type?: string;
  /** Any of these; absent: of whatever type. */
  readonly types?: readonly string[];
  /** At this instant or later. */
  readonly since?: Date;
  /** Before this instant. */
  readonly until?: Date;
  /** {@link AuditPage.next} of the page before. */
  readonly cursor?: string;
  /** Events a page, 1 to 1000. Default 100. */
  readonly limit?: number;
}

/** Events, newest first. */
export interface AuditPage {
  readonly events: readonly RecordedAuditEvent[];
  /** Where the next page begins; null where there is none. */
  readonly next: string | null;
}

/** Appends, finds and forgets audit events; none is ever changed. */
export abstract class AuditRecord {
  /**
   * Idempotent: an event that is already there is left as it is. All of them or none.
   * @throws TemporarilyUnavailableError where the record cannot be reached
   */
  abstract append(events: readonly RecordedAuditEvent[]): Promise<void>;

  /**
   * A cursor stays good while events are added and purged: no event comes twice. What another
   * replica writes late, with an earlier time than the cursor's, is found by asking anew.
   *
   * @throws InvalidRequestError for a cursor or an identifier that is malformed
   * @throws TemporarilyUnavailableError where the record cannot be reached
   */
  abstract find(query: AuditQuery): Promise<AuditPage>;

  /**
   * Deletes at most `limit` of the oldest events from before `time`.
   * @returns how many there were; fewer than `limit` where none is left
   * @throws TemporarilyUnavailableError where the record cannot be reached
   */
  abstract purge(time: Date, limit: number): Promise<number>;
}
