/** The endpoint of the JWK Set answers without end. */
import { keySetFault } from './key-set.interference.js';

const LIMIT_BYTES = 50_000_000;
const CHUNK = Buffer.alloc(65_536, ' ');

export const keysHuge = keySetFault('keys-huge', 'answers 50 MB', (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  let sent = 0;
  const send = () => {
    while (sent < LIMIT_BYTES && !response.destroyed) {
      sent += CHUNK.length;
      if (!response.write(CHUNK)) return void response.once('drain', send);
    }
    response.end();
  };
  send();
});
