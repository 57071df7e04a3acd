/** What became of a grant, as the administration API tells it. */
import { ADMIN_AUDIT_SCOPE } from '@keyward/oauth';
import { type eventJson } from '../administration/audit.query.js';
import { type grantJson } from '../administration/sign-in.json.js';
import { auditLine } from '../audit/audit.line.js';
import { type RecordedAuditEvent } from '../audit/audit.record.js';
import { type AdministrationConnection } from './administration.connection.js';
import { type Answer } from './terminal.js';
import { textRecord } from './text.table.js';

type EventDescription = Omit<ReturnType<typeof eventJson>, 'outcome'> & {
  readonly outcome: RecordedAuditEvent['outcome'];
};

/** @see GrantsController.explain */
export interface HistoryDescription {
  readonly event: EventDescription | null;
  readonly grant: (ReturnType<typeof grantJson> & { readonly account_id: string }) | null;
  readonly events: readonly EventDescription[];
}

/** @throws CommandError where nothing is recorded under it */
export async function remoteHistory(
  administration: AdministrationConnection,
  reference: string,
): Promise<Answer> {
  const json = await administration.call<HistoryDescription>({
    scope: ADMIN_AUDIT_SCOPE,
    path: `/grants/${encodeURIComponent(reference)}/history`,
    subject: `record of ${reference}: it was purged, or is not of this server`,
  });
  const { event, grant, events } = json;
  const sections = [
    event === null ? [] : ['the reference names', `  ${lineOf(event)}`],
    grant === null ? ['it concerns no grant that is recorded'] : [textRecord(grant)],
    events.length === 0 ? [] : ['what was decided, the oldest first', ...events.map(indented)],
  ];
  return { text: sections.flat().join('\n'), json };
}

function indented(event: EventDescription): string {
  return `  ${lineOf(event)}`;
}

function lineOf({ occurred_at: at, ...event }: EventDescription): string {
  const line = auditLine({
    reference: event.reference,
    occurredAt: new Date(at),
    type: event.type,
    outcome: event.outcome,
    ...(event.reason !== undefined && { reason: event.reason }),
    ...(event.account_id !== undefined && { accountId: event.account_id }),
    ...(event.client_id !== undefined && { clientId: event.client_id }),
    ...(event.grant_id !== undefined && { grantId: event.grant_id }),
    ...(event.sid !== undefined && { sid: event.sid }),
    ...(event.address !== undefined && { address: event.address }),
    ...(event.correlation_id !== undefined && { correlationId: event.correlation_id }),
    ...(event.detail !== undefined && { detail: event.detail }),
  });
  return `${at} ${line}`;
}
