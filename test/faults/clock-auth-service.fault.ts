/** The clock of one replica of auth-service jumps, forth and back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, NEEDS_REDIS, NEEDS_THE_FEED } from './fault.js';

const JUMP_MS = 20 * 60_000;
const REFUSED = ['401 invalid_token'];

export const clockAuthService: Fault = {
  name: 'clock-auth-service',
  what: 'the clock of one of two auth-services 20 min ahead for 5 s, then 20 min behind for 5 s',
  promise:
    "no grant is lost or revived: Redis's clock decides on refresh tokens; tokens that the wrong clock dated are refused elsewhere, and those of others by it (401, or inactive); no answer is a 500; all is well once the clock is",
  mayWait: [...NEEDS_REDIS, ...NEEDS_THE_FEED],
  mayRefuse: {
    introspection: ['wrong: a live token is not active'],
    administration: REFUSED,
    cachedToken: REFUSED,
    newToken: REFUSED,
    introspectingService: REFUSED,
    rejectingService: REFUSED,
    // What is under way has a time of its own, and ends by it.
    signIn: ['400', '403', '404', 'redirect'],
    authorize: ['404'],
  },
  feltBy: ['introspection', 'administration'],
  inflict: async ({ world }) => {
    for (const shiftMs of [JUMP_MS, -JUMP_MS]) {
      world.shiftClock(1, shiftMs);
      await sleep(5000);
    }
    world.shiftClock(1, 0);
  },
};
