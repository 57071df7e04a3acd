/** The feed of revocations is cut, and nothing else: the issuer can still be asked. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault } from './fault.js';
import { CUT_MS, holdAgainstPolicies } from './issuer.cut.js';

const PATH = '/oauth2/revocations';

export const feedCut: Fault = {
  name: 'feed-cut',
  what: 'the feed of revocations cut for 13 s, introspection reachable',
  promise:
    'of a token revoked meanwhile: `accept` lets it in until the feed is back, `introspect` refuses it (401), `reject` answers 503; other tokens go on at the first two',
  mayWait: ['rejectingService'],
  feltBy: ['rejectingService'],
  inflict: async (stage) => {
    const { issuerProxy } = stage.world;
    issuerProxy.interfere(PATH, (response) => void response.destroy());
    await sleep(CUT_MS);
    await holdAgainstPolicies(stage, { accept: 200, introspect: 401, reject: 503 });
    issuerProxy.restore(PATH);
  },
};
