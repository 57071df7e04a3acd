/** How forgiving rotation is and how long refresh tokens live, by where a client runs: one table. */
import { type RefreshProfile } from '../client/client.js';
import { type RotationRules } from './rotation.decision.js';

/** What a profile fixes, in seconds. */
export interface RefreshLimits {
  /** In which a generation that was rotated out is answered with the current one. */
  readonly retryWindowSeconds: number;
  /** In which a client whose answer was lost may go on from where it stood. */
  readonly lostResponseSeconds: number;
  /** Without a refresh for this long the grant ends. */
  readonly idleSeconds: number;
  /** So long after the sign-in it ends in any case; the grant's own end may come earlier. */
  readonly absoluteSeconds: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The retry window of every profile; an unavailable server asks for a retry well within it. */
export const RETRY_WINDOW_SECONDS = 10;

/**
 * A page retries within minutes or is gone, and its storage is the easiest to read: it gets the least.
 * An installed application may sleep for a day between a request and its retry.
 */
export const REFRESH_LIMITS: Readonly<Record<RefreshProfile, RefreshLimits>> = {
  spa: {
    retryWindowSeconds: RETRY_WINDOW_SECONDS,
    lostResponseSeconds: 10 * MINUTE,
    idleSeconds: DAY,
    absoluteSeconds: 7 * DAY,
  },
  native: {
    retryWindowSeconds: RETRY_WINDOW_SECONDS,
    lostResponseSeconds: DAY,
    idleSeconds: 30 * DAY,
    absoluteSeconds: 180 * DAY,
  },
  confidential: {
    retryWindowSeconds: RETRY_WINDOW_SECONDS,
    lostResponseSeconds: DAY,
    idleSeconds: 30 * DAY,
    absoluteSeconds: 180 * DAY,
  },
  mcp: {
    retryWindowSeconds: RETRY_WINDOW_SECONDS,
    lostResponseSeconds: DAY,
    idleSeconds: 7 * DAY,
    absoluteSeconds: 30 * DAY,
  },
};

/** What rotation needs of a profile. */
export function rulesOf(profile: RefreshProfile): RotationRules {
  const { retryWindowSeconds, lostResponseSeconds, idleSeconds } = REFRESH_LIMITS[profile];
  return {
    retryWindowMs: retryWindowSeconds * 1000,
    lostResponseMs: lostResponseSeconds * 1000,
    idleMs: idleSeconds * 1000,
  };
}
