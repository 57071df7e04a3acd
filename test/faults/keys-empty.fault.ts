/** The JWK Set is well-formed and has no key that can be used. */
import { type Fault, NEEDS_THE_FEED } from './fault.js';
import { keySetFault } from './key-set.interference.js';

const BODIES = ['{"keys":[]}', '{"keys":[{"kty":"oct","k":"c2VjcmV0","kid":"x","alg":"HS256"}]}'];
let turn = 0;

const fault = keySetFault('keys-empty', 'is empty, or holds a symmetric key alone', (response) => {
  turn += 1;
  response
    .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=1' })
    .end(BODIES[turn % BODIES.length]);
});

export const keysEmpty: Fault = {
  ...fault,
  promise:
    'keys that were withdrawn verify nothing more; a service without any key is undecided: 503 with Retry-After, never 401',
  mayWait: ['cachedToken', 'newToken', ...NEEDS_THE_FEED],
  feltBy: ['cachedToken'],
};
