/** The clock of the resource servers jumps, forth and back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault } from './fault.js';

const JUMP_MS = 20 * 60_000;
const REFUSED = ['401 invalid_token'];

export const clockResourceServer: Fault = {
  name: 'clock-resource-server',
  what: 'the clock of the resource servers 20 min ahead for 4 s, then 20 min behind for 4 s',
  promise:
    'tokens that are expired or not yet valid by that clock are refused as such (401 invalid_token); the same tokens are good again once the clock is right',
  mayRefuse: {
    cachedToken: REFUSED,
    newToken: REFUSED,
    introspectingService: REFUSED,
    rejectingService: REFUSED,
  },
  mayWait: ['introspectingService', 'rejectingService'],
  feltBy: ['cachedToken'],
  inflict: async ({ world }) => {
    for (const shiftMs of [JUMP_MS, -JUMP_MS]) {
      world.shiftClock('resource servers', shiftMs);
      await sleep(4000);
    }
    world.shiftClock('resource servers', 0);
  },
};
