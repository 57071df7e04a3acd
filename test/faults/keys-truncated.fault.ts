/** The answer with the JWK Set breaks off in the middle. */
import { keySetFault } from './key-set.interference.js';

export const keysTruncated = keySetFault('keys-truncated', 'breaks off half-way', (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '2000' });
  response.write('{"keys":[{"kty":"EC","crv":"P-256","kid":"');
  setTimeout(() => response.destroy(), 50);
});
