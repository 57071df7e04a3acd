/** One attack by a token: what it is, and how it is made. */
import { type SigningKey } from './signing-key.js';
import { type TokenSource } from './token-forge.js';

/** An attack that every resource server has to refuse by 401 `invalid_token`. */
export interface HostileToken {
  /** Ends the sentence "refuses a token ...". */
  readonly what: string;
  /** @param attacker a key that the issuer does not publish */
  forge(issuer: TokenSource, attacker: SigningKey): string;
}
