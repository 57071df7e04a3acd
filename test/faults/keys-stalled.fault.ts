/** The endpoint of the JWK Set takes the request and says nothing. */
import { keySetFault } from './key-set.interference.js';

export const keysStalled = keySetFault('keys-stalled', 'never answers', () => undefined);
