/** The clock of one replica of auth-service jumps, forth and back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault } from './fault.js';

const JUMP_MS = 20 * 60_000;

export const clockAuthService: Fault = {
  name: 'clock-auth-service',
  what: 'the clock of one of two auth-services 20 min ahead for 5 s, then 20 min behind for 5 s',
  promise:
    "no grant is lost or revived (Redis's clock decides on refresh tokens); no answer is a 500; resource servers refuse what a wrong clock dated, and only that; all is well once the clock is",
  mayWait: ['clientCredentials', 'refresh', 'authorize', 'signIn', 'administration'],
  inflict: async ({ world }) => {
    for (const shiftMs of [JUMP_MS, -JUMP_MS]) {
      world.shiftClock(1, shiftMs);
      await sleep(5000);
    }
    world.shiftClock(1, 0);
  },
};
