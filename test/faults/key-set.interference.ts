/** The JWK Set answers otherwise for a while, which resource servers must not mind. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault } from './fault.js';
import { type Interference } from './world/issuer.proxy.js';

const PATH = '/.well-known/jwks.json';
const LASTS_MS = 5000;

/** What is true of each such fault. */
export function keySetFault(name: string, what: string, interference: Interference): Fault {
  return {
    name,
    what: `the JWK Set ${what}, for 5 s; it is asked for every second`,
    promise: 'known keys go on verifying, new tokens included; no request waits for the set',
    inflict: async ({ world, broken }) => {
      const { issuerProxy } = world;
      const before = issuerProxy.interfered;
      issuerProxy.interfere(PATH, interference);
      await sleep(LASTS_MS);
      issuerProxy.restore(PATH);
      if (issuerProxy.interfered === before) broken('nobody asked for the set');
    },
  };
}
