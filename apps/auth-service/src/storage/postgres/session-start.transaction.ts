/** Records a sign-in in PostgreSQL: a session that goes on under a new cookie, or a new one. */
import { type EntityManager } from 'typeorm';
import {
  ACCOUNT_CHANGED,
  type SessionStart,
  type StartedSession,
} from '../../session/session.record.js';
import { SessionEntity } from './entities/session.entity.js';
import { endSession } from './session-end.statements.js';
import { holdBasis } from './sign-in-basis.statements.js';

/** To be run in a transaction. */
export async function startSession(
  manager: EntityManager,
  start: SessionStart,
): Promise<StartedSession | null> {
  const { basis, session, cookieSha256, userAgent, address, now } = start;
  if (!(await holdBasis(manager, session.accountId, basis, now))) return null;
  const former = await findFormer(manager, start);
  const signIn = {
    cookieSha256,
    authenticatedAt: session.authenticatedAt,
    acr: session.acr,
    amr: [...session.amr],
    userAgent,
    address,
    lastUsedAt: now,
    idleExpiresAt: session.idleExpiresAt,
    expiresAt: session.expiresAt,
  };
  if (former?.accountId === session.accountId) {
    await manager.update(SessionEntity, { sid: former.sid }, signIn);
    return { session: { ...session, sid: former.sid }, ended: null };
  }
  const { sid, accountId } = session;
  await manager.insert(SessionEntity, { ...signIn, sid, accountId, createdAt: now });
  const ended =
    former === null ? null : await endSession(manager, former.sid, ACCOUNT_CHANGED, now);
  return { session, ended };
}

// The row is locked first, as at a sign-out: which therefore comes before or after, never in between.
async function findFormer(
  manager: EntityManager,
  { formerCookieSha256, now }: SessionStart,
): Promise<SessionEntity | null> {
  if (formerCookieSha256 === null) return null;
  const former = await manager.findOne(SessionEntity, {
    where: { cookieSha256: formerCookieSha256 },
    lock: { mode: 'pessimistic_write' },
  });
  if (former === null) return null;
  await manager.query(
    `INSERT INTO stale_session_copy (cookie_sha256) VALUES ($1) ON CONFLICT DO NOTHING`,
    [formerCookieSha256],
  );
  const isLive = former.endedAt === null && former.idleExpiresAt > now && former.expiresAt > now;
  return isLive ? former : null;
}
