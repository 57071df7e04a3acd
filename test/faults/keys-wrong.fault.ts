/** The endpoint of the JWK Set answers 200 with what is no JWK Set. */
import { keySetFault } from './key-set.interference.js';

const BODIES = [
  '<!doctype html><title>Sign in to the guest network</title>',
  '{"keys":{}}',
  '{"error":"not here"}',
  'null',
];
let turn = 0;

export const keysWrong = keySetFault(
  'keys-wrong',
  'answers 200 with a page, null and objects that are no set',
  (response) => {
    turn += 1;
    response
      .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=1' })
      .end(BODIES[turn % BODIES.length]);
  },
);
