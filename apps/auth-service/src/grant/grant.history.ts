/** Tells what became of a grant: why was I logged out? */
import { Injectable } from '@nestjs/common';
import {
  type AuditPage,
  type AuditQuery,
  AuditRecord,
  type RecordedAuditEvent,
} from '../audit/audit.record.js';
import { type RecordedGrant } from './grant.js';
import { GrantStore } from './grant.store.js';

/** A grant, and every decision on it that is still recorded. */
export interface ExplainedGrant {
  /** What the reference named; null where it was the id of the grant. */
  readonly event: RecordedAuditEvent | null;
  /** Null where the event concerns none, or the grant was purged. */
  readonly grant: RecordedGrant | null;
  /**
   * The oldest first: of the grant, and of its session as a whole. Rotations are not among them: an
   * ordinary refresh is not audited, and `detail` of the others says how far the lineage was.
   */
  readonly events: readonly RecordedAuditEvent[];
}

const PAGE = 1000;

/** The newest that are read; whoever repeats a refused request must not fill the memory. */
const MAX_EVENTS = 10_000;

@Injectable()
export class GrantHistory {
  constructor(
    private readonly audit: AuditRecord,
    private readonly grants: GrantStore,
  ) {}

  /**
   * @param reference from an `error_description`, or the id of a grant
   * @returns null for one that is not recorded (any more, or yet: events are written within a second)
   * @throws InvalidRequestError for a text that is no reference
   * @throws TemporarilyUnavailableError where the record cannot be read
   */
  async explain(reference: string): Promise<ExplainedGrant | null> {
    const [event = null] = (await this.audit.find({ reference, limit: 1 })).events;
    const grantId = event === null ? reference : event.grantId;
    if (grantId === undefined) return { event, grant: null, events: [] };
    const grant = await this.grants.find(grantId);
    const events = await this.eventsOf(grantId, grant?.sid ?? event?.sid);
    if (event === null && grant === null && events.length === 0) return null;
    return { event, grant, events };
  }

  private async eventsOf(grantId: string, sid: string | undefined) {
    const ofGrant = await this.findAll({ grantId });
    const ofSession = sid === undefined ? [] : await this.findAll({ sid });
    const all = [...ofGrant, ...ofSession.filter((event) => event.grantId === undefined)];
    return all.sort(
      (one, other) =>
        one.occurredAt.getTime() - other.occurredAt.getTime() ||
        (one.reference < other.reference ? -1 : 1),
    );
  }

  private async findAll(query: AuditQuery): Promise<RecordedAuditEvent[]> {
    const found: RecordedAuditEvent[] = [];
    for (let cursor: string | null = ''; cursor !== null && found.length < MAX_EVENTS;) {
      const from = cursor === '' ? {} : { cursor };
      const page: AuditPage = await this.audit.find({ ...query, ...from, limit: PAGE });
      found.push(...page.events);
      cursor = page.next;
    }
    return found;
  }
}
