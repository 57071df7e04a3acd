/** The endpoint of the JWK Set fails. */
import { keySetFault } from './key-set.interference.js';

export const keys500 = keySetFault('keys-500', 'answers 500', (response) => {
  response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":"server_error"}');
});
