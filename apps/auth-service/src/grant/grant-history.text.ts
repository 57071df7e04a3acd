/** Says the history of a grant in lines for an operator's terminal. */
import { auditLine } from '../audit/audit.line.js';
import { type RecordedAuditEvent } from '../audit/audit.record.js';
import { type ExplainedGrant } from './grant.history.js';

export function grantHistoryText({ event, grant, events }: ExplainedGrant): string {
  return [
    ...(event === null ? [] : ['the reference names', `  ${lineOf(event)}`]),
    ...(grant === null
      ? [
          event?.grantId === undefined
            ? 'it concerns no grant'
            : 'its grant is not recorded any more',
        ]
      : [
          `grant ${grant.grantId}`,
          `  client ${grant.clientId}, account ${grant.accountId}, session ${grant.sid}`,
          `  scope ${grant.scope.join(' ')}`,
          `  signed in ${grant.authenticatedAt.toISOString()}, granted ${grant.createdAt.toISOString()}`,
          `  ${endOf(grant)}`,
        ]),
    ...(events.length === 0 ? [] : ['what was decided, the oldest first']),
    ...events.map((one) => `  ${lineOf(one)}`),
  ].join('\n');
}

function lineOf(event: RecordedAuditEvent): string {
  return `${event.occurredAt.toISOString()} ${auditLine(event)}`;
}

function endOf({ revokedAt, cause, expiresAt }: NonNullable<ExplainedGrant['grant']>): string {
  if (revokedAt !== null) {
    return `ended ${revokedAt.toISOString()}: ${cause?.reason ?? 'unknown'} by ${cause?.by ?? 'unknown'}`;
  }
  const isOver = expiresAt.getTime() <= Date.now();
  return `${isOver ? 'expired' : 'in force until'} ${expiresAt.toISOString()}`;
}
