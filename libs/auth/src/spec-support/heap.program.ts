/** A process that verifies tokens, lets go of them, and prints which ones its heap still holds. */
import { getHeapSnapshot } from 'node:v8';
import { type AccessTokenVerifier } from '../access-token/access-token.verifier.js';
import { CLAIMS, forgeToken, outcomeOf, trustIn, verifierOf } from './access-token.fixture.js';
import { generateSigningKey, type SigningKey } from '../testing/signing-key.js';

/** The name of each token, and its signature as UTF-16 code units, which no search can mistake. */
type Marks = Record<string, number[]>;

const kept: string[] = [];

async function verifyAll(verifier: AccessTokenVerifier, key: SigningKey): Promise<Marks> {
  const tokens = {
    accepted: forgeToken(key),
    expired: forgeToken(key, { payload: { ...CLAIMS, exp: 1, iat: 0 } }),
    unknown: forgeToken(key, { header: { alg: 'ES256', kid: 'other', typ: 'at+jwt' } }),
    held: forgeToken(key, { payload: { ...CLAIMS, jti: 'held' } }),
  };
  kept.push(tokens.held);
  const marks: Marks = {};
  for (const [name, token] of Object.entries(tokens)) {
    // As it comes from a socket: one flat string that nothing else refers to.
    await outcomeOf(verifier, Buffer.from(token).toString());
    marks[name] = [...token.slice(-40)].map((character) => character.charCodeAt(0));
  }
  return marks;
}

const key = generateSigningKey('ES256');
const verifier = verifierOf([trustIn([key])]);
const marks = await verifyAll(verifier, key);
for (let i = 0; i < 3; i++) globalThis.gc?.();
let snapshot = '';
for await (const chunk of getHeapSnapshot()) snapshot += String(chunk);
const found = Object.keys(marks).filter((name) =>
  snapshot.includes(String.fromCharCode(...(marks[name] ?? []))),
);
process.stdout.write(JSON.stringify({ found, kept: kept.length, ...verifier.cacheStatistics() }));
