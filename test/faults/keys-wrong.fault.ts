/** The endpoint of the JWK Set answers 200 with what is none: a page, an empty set, a symmetric key. */
import { keySetFault } from './key-set.interference.js';

const BODIES = [
  '<!doctype html><title>Sign in to the guest network</title>',
  '{"keys":[]}',
  '{"keys":{}}',
  '{"keys":[{"kty":"oct","k":"c2VjcmV0","kid":"x","alg":"HS256"}]}',
  'null',
];
let turn = 0;

export const keysWrong = keySetFault(
  'keys-wrong',
  'answers 200 with a page, an empty set, a symmetric key and null in turn',
  (response) => {
    turn += 1;
    response
      .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=1' })
      .end(BODIES[turn % BODIES.length]);
  },
);
