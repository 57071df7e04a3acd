/** The JWK Set answers otherwise for a while, which resource servers must not mind. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault } from './fault.js';
import { type Interference, type IssuerProxy } from './world/issuer.proxy.js';

const PATH = '/.well-known/jwks.json';
const LASTS_MS = 5000;
/** After an outage resource servers wait up to a minute until they ask again. */
const ASKED_WITHIN_MS = 90_000;
const RESOURCE_SERVERS = 3;

/** What is true of each such fault. */
export function keySetFault(name: string, what: string, interference: Interference): Fault {
  return {
    name,
    what: `the JWK Set ${what}, for 5 s; it is asked for every second`,
    promise: 'known keys go on verifying, new tokens included; no request waits for the set',
    inflict: async ({ world, broken }) => {
      const { issuerProxy } = world;
      await untilAskedRegularly(issuerProxy);
      const before = issuerProxy.interfered;
      issuerProxy.interfere(PATH, interference);
      await sleep(LASTS_MS);
      issuerProxy.restore(PATH);
      if (issuerProxy.interfered === before) broken('nobody asked for the set');
    },
  };
}

/** Until each resource server has asked twice. */
async function untilAskedRegularly(issuerProxy: IssuerProxy): Promise<void> {
  const enough = issuerProxy.askedFor(PATH) + 2 * RESOURCE_SERVERS;
  for (const end = Date.now() + ASKED_WITHIN_MS; Date.now() < end; await sleep(50)) {
    if (issuerProxy.askedFor(PATH) >= enough) return;
  }
}
