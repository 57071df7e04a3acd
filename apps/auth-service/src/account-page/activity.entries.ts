/** What of the audit record its owner is shown: what happened, not how the server came to decide it. */
import { type RecordedAuditEvent } from '../audit/audit.record.js';

/** What account-activity.html has words for, by type and outcome of the event. */
const ENTRIES = {
  'sign_in.password success': 'password',
  'sign_in.password failure': 'password-refused',
  'sign_in.totp success': 'code',
  'sign_in.totp failure': 'code-refused',
  'sign_in.recovery_code success': 'recovery-code',
  'sign_in.recovery_code failure': 'code-refused',
  'sign_in.passkey success': 'passkey',
  'sign_in.passkey failure': 'passkey-refused',
  'sign_in.upstream success': 'provider',
  'sign_in.upstream failure': 'provider-refused',
  'upstream_identity.linked success': 'provider-linked',
  'upstream_identity.unlinked success': 'provider-unlinked',
  'account.created success': 'account-created',
  'session.ended success': 'signed-out',
  'session.revoked success': 'place-ended',
  'sessions.revoked success': 'other-places-ended',
  'subject.revoked success': 'all-ended',
  'password.changed success': 'password-changed',
  'password_reset.requested success': 'password-forgotten',
  'password_reset.requested failure': 'password-forgotten',
  'factor.enrolled success': 'factor-enrolled',
  'factor.removed success': 'factor-removed',
  'recovery_codes.replaced success': 'recovery-codes-replaced',
  'device.remembered success': 'device-remembered',
  'device.forgotten success': 'device-forgotten',
  'consent.decided success': 'application-allowed',
  'consent.decided failure': 'application-denied',
  'application.withdrawn success': 'application-ended',
  'refresh.reused failure': 'application-stopped',
  'profile.changed success': 'profile-changed',
  // The same for both: whether another account has the address is not for its owner to know.
  'email.link_requested success': 'email-asked',
  'email.link_requested failure': 'email-asked',
  'email.confirmed success': 'email-confirmed',
  'email.changed success': 'email-changed',
  'email.change_undone success': 'email-undone',
} as const;

/** A word for a sentence. */
export type ActivityKind = (typeof ENTRIES)[keyof typeof ENTRIES];

/** What nobody did who is the owner: worth a second look. */
const SUSPICIOUS: ReadonlySet<ActivityKind> = new Set<ActivityKind>([
  'password-refused',
  'code-refused',
  'passkey-refused',
  'provider-refused',
  'application-stopped',
]);

/** Types of events that an entry may come of. */
export const ACTIVITY_TYPES: readonly string[] = [
  ...new Set(Object.keys(ENTRIES).map((key) => key.split(' ', 1)[0] ?? '')),
];

/** @returns null for an event that is nothing to its owner */
export function activityKindOf({
  type,
  outcome,
}: Pick<RecordedAuditEvent, 'type' | 'outcome'>): ActivityKind | null {
  const key = `${type} ${outcome}`;
  return key in ENTRIES ? ENTRIES[key as keyof typeof ENTRIES] : null;
}

/** Whether somebody else may be behind it. */
export function isSuspicious(kind: ActivityKind): boolean {
  return SUSPICIOUS.has(kind);
}
