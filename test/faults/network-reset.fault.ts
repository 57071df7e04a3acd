/** The network between resource servers and their issuer breaks every connection. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, NEEDS_THE_FEED } from './fault.js';
import { CUT_MS, holdAgainstPolicies } from './issuer.cut.js';

export const networkReset: Fault = {
  name: 'network-reset',
  what: 'every connection between resource servers and auth-service broken, new ones too, for 13 s',
  promise: 'as where the network is silent',
  mayWait: NEEDS_THE_FEED,
  feltBy: ['rejectingService'],
  inflict: async (stage) => {
    const { issuer } = stage.world.network;
    issuer.become('refuse');
    await sleep(CUT_MS);
    await holdAgainstPolicies(stage, { accept: 200, introspect: 503, reject: 503 });
    issuer.become('pass');
  },
};
