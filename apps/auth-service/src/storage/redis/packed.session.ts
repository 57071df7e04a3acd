/** A session as one string in Redis, without what changes at each use. */
import { type Session } from '../../session/session.js';

type Packed = [
  sid: string,
  accountId: string,
  authenticatedAtMs: number,
  acr: string,
  amr: string[],
];

export function packSession({ sid, accountId, authenticatedAt, acr, amr }: Session): string {
  const packed: Packed = [sid, accountId, authenticatedAt.getTime(), acr, [...amr]];
  return JSON.stringify(packed);
}

/** @param text from {@link packSession} */
export function unpackSession(text: string, idleExpiresAtMs: number, expiresAtMs: number): Session {
  const [sid, accountId, authenticatedAtMs, acr, amr] = JSON.parse(text) as Packed;
  return {
    sid,
    accountId,
    authenticatedAt: new Date(authenticatedAtMs),
    acr,
    amr,
    idleExpiresAt: new Date(idleExpiresAtMs),
    expiresAt: new Date(expiresAtMs),
  };
}
