/** How a client may sign its assertions. */
import { type AsymmetricAlgorithm } from '@keyward/oauth';

/**
 * The algorithms of `private_key_jwt`. Which of them holds for one assertion is decided by the key
 * that the client registered, never by the assertion.
 */
export const ASSERTION_ALGORITHMS = [
  'ES256',
  'RS256',
  'PS256',
  'EdDSA',
] as const satisfies readonly AsymmetricAlgorithm[];
