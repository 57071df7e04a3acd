/** One replica of auth-service dies while a hundred requests are under way. */
import { sendAndKill } from './auth-service.in-flight.js';
import { type Fault, NEEDS_AUTH_SERVICE, NEEDS_THE_FEED } from './fault.js';

export const authServiceKilled: Fault = {
  name: 'auth-service-killed',
  what: 'each of two auth-services killed (SIGKILL) with 100 refreshes and revocations in flight, one after the other',
  promise:
    'nothing is half-done: every client tries again with the token that it has, and goes on; what was to be revoked is',
  mayBreak: NEEDS_AUTH_SERVICE,
  // A server that has just started believes Redis once it has looked at the record.
  mayWait: [...NEEDS_AUTH_SERVICE, ...NEEDS_THE_FEED],
  feltBy: ['refresh', 'signIn'],
  inflict: async ({ world, broken }) => {
    let cutOff = 0;
    for (const index of [1, 0]) {
      const inFlight = await sendAndKill(world, async () => {
        await world.replicas[index]?.kill();
        await world.startReplica(index);
      });
      cutOff += inFlight.cutOff;
      for (const problem of new Set(inFlight.problems)) broken(problem);
    }
    if (cutOff === 0) broken('no request was in flight');
  },
};
