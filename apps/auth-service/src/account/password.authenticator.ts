/** Decides whether a username and a password belong together, slowly for those who guess. */
import { type Account } from './account.js';

/** The outcome of one attempt. */
export type PasswordOutcome =
  | { readonly outcome: 'authenticated'; readonly account: Account }
  /** Whatever is wrong: unknown, disabled, wrong password. */
  | { readonly outcome: 'refused' }
  /** Too many attempts at this account or from this address; not looked at. */
  | { readonly outcome: 'braked'; readonly retryAfterSeconds: number };

/** Where an attempt came from. */
export interface SignInAttempt {
  readonly username: string;
  readonly password: string;
  /** The client's address, as the operator's proxy settings say. */
  readonly address: string;
  readonly clientId: string | null;
  readonly correlationId: string;
}

/** Every attempt is audited and costs the same time, whether there is such an account or not. */
export abstract class PasswordAuthenticator {
  /** @throws TemporarilyUnavailableError where it cannot be decided */
  abstract authenticate(attempt: SignInAttempt): Promise<PasswordOutcome>;
}
