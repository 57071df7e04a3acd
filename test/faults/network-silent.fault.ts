/** The network between resource servers and their issuer swallows everything. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, NEEDS_THE_FEED } from './fault.js';
import { CUT_MS, holdAgainstPolicies } from './issuer.cut.js';

export const networkSilent: Fault = {
  name: 'network-silent',
  what: 'the network between resource servers and auth-service silent for 13 s: connections open, nothing arrives',
  promise:
    '`accept` goes on with known keys; `introspect` and `reject` answer 503 with Retry-After once the feed is 8 s old, never 401; what was revoked meanwhile is refused afterwards',
  mayWait: NEEDS_THE_FEED,
  feltBy: ['rejectingService'],
  inflict: async (stage) => {
    const { issuer } = stage.world.network;
    issuer.become('hang');
    await sleep(CUT_MS);
    await holdAgainstPolicies(stage, { accept: 200, introspect: 503, reject: 503 });
    issuer.become('pass');
  },
};
