/** Writes an audit event as one line of the log. */
import { type RecordedAuditEvent } from './audit.record.js';

const PLAIN = /^[\w.:@/-]+$/;
const MAX_VALUE_LENGTH = 200;

/** `type outcome name=value ...`; a value that could be mistaken for more than one is quoted. */
export function auditLine({
  type,
  outcome,
  reason,
  accountId,
  clientId,
  grantId,
  sid,
  address,
  correlationId,
  reference,
  detail,
}: RecordedAuditEvent): string {
  const members = {
    reason,
    account: accountId,
    client: clientId,
    grant: grantId,
    sid,
    address,
    request: correlationId,
    reference,
    ...detail,
  };
  const words = Object.entries(members).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${quote(String(value))}`],
  );
  return [type, outcome, ...words].join(' ');
}

// Quoted as JSON is, and line separators too: no value begins a line of its own.
function quote(value: string): string {
  if (PLAIN.test(value) && value.length <= MAX_VALUE_LENGTH) return value;
  return JSON.stringify(value.slice(0, MAX_VALUE_LENGTH)).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
