/** Port: what a person allowed a client, remembered. */
import { type AuthorizationDetail } from '@keyward/oauth';

/** One person's consent to one client. */
export interface Consent {
  readonly accountId: string;
  readonly clientId: string;
  readonly scope: readonly string[];
  readonly resources: readonly string[];
  /** Absent: none. */
  readonly authorizationDetails?: readonly AuthorizationDetail[];
}

/** Consents are the record's: a person can see and withdraw them. */
export abstract class ConsentStore {
  /**
   * @returns null where there is none
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract find(accountId: string, clientId: string): Promise<Consent | null>;

  /**
   * Adds to what was allowed before: the union, in one statement. Of details only the latest ones are
   * kept where they are too many: what was forgotten is asked again.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract allow(consent: Consent): Promise<void>;

  /**
   * Withdraws it all. Idempotent.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract withdraw(accountId: string, clientId: string): Promise<void>;
}
