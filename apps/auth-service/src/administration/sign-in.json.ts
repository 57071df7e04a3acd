/** Sessions and grants as they are answered. */
import { type RecordedGrant } from '../grant/grant.js';
import { type SessionOverview } from '../session/session.record.js';

export function sessionJson(session: SessionOverview) {
  return {
    sid: session.sid,
    authenticated_at: session.authenticatedAt.toISOString(),
    created_at: session.createdAt.toISOString(),
    last_used_at: session.lastUsedAt.toISOString(),
    expires_at: session.expiresAt.toISOString(),
    user_agent: session.userAgent,
    address: session.address,
  };
}

export function grantJson(grant: RecordedGrant) {
  return {
    grant_id: grant.grantId,
    client_id: grant.clientId,
    sid: grant.sid,
    scope: grant.scope.join(' '),
    resources: grant.resources,
    created_at: grant.createdAt.toISOString(),
    expires_at: grant.expiresAt.toISOString(),
    revoked_at: grant.revokedAt?.toISOString(),
    reason: grant.cause?.reason,
    by: grant.cause?.by,
  };
}
