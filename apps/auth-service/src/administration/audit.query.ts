/** Reads a search of the audit record from a query. */
import { InvalidRequestError } from '@keyward/oauth';
import { type AuditQuery, type RecordedAuditEvent } from '../audit/audit.record.js';

const TEXTS = {
  reference: 'reference',
  type: 'type',
  account_id: 'accountId',
  client_id: 'clientId',
  grant_id: 'grantId',
  sid: 'sid',
} as const;
const TIMES = { since: 'since', until: 'until' } as const;

/** The largest page. */
const MAX_LIMIT = 1000;

/**
 * @throws InvalidRequestError for a parameter that is unknown, repeated or malformed: a search that is
 *   misspelt must not find everything
 */
export function parseAuditQuery(query: Readonly<Record<string, unknown>>): AuditQuery {
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(query)) {
    if (typeof value !== 'string') throw new InvalidRequestError(`${plain(name)} is repeated`);
    if (Object.hasOwn(TEXTS, name)) found[TEXTS[name as keyof typeof TEXTS]] = value;
    else if (Object.hasOwn(TIMES, name)) found[name] = timeOf(name, value);
    else if (name === 'after') found['cursor'] = value;
    else if (name === 'limit') found['limit'] = limitOf(value);
    else throw new InvalidRequestError(`${plain(name)} is no parameter of a search`);
  }
  return found;
}

/** An event as it is answered. */
export function eventJson(event: RecordedAuditEvent) {
  return {
    reference: event.reference,
    occurred_at: event.occurredAt.toISOString(),
    type: event.type,
    outcome: event.outcome,
    reason: event.reason,
    account_id: event.accountId,
    client_id: event.clientId,
    grant_id: event.grantId,
    sid: event.sid,
    address: event.address,
    correlation_id: event.correlationId,
    detail: event.detail,
  };
}

function timeOf(name: string, value: string): Date {
  const time = new Date(value);
  if (/^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(time.getTime())) return time;
  throw new InvalidRequestError(`${name} must be a time such as 2026-01-31T12:00:00Z`);
}

function limitOf(value: string): number {
  const limit = Number(value);
  if (/^\d+$/.test(value) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidRequestError(`limit must be a number from 1 to ${MAX_LIMIT}`);
}

// What a caller wrote may hold anything.
function plain(name: string): string {
  return /^[\w-]{1,50}$/.test(name) ? name : 'a parameter';
}
