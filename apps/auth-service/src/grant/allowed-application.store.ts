/** Port: what people allow applications now, as they see it and end it. */
import { type RevocationCause } from './grant.js';

/** What an application may do now in the name of an account, by way of one session. */
export interface AllowedApplication {
  readonly clientId: string;
  /** As its operator calls it. */
  readonly name: string;
  readonly sid: string;
  /** When the oldest of the grants in force was given. */
  readonly since: Date;
  /** Whether it goes on after the session (`offline_access`). */
  readonly isLasting: boolean;
}

/** A view of the record of grants. Each method throws TemporarilyUnavailableError where it cannot. */
export abstract class AllowedApplicationStore {
  /** One entry for each session and application, by name; nothing that has ended or idled out. */
  abstract findOfAccount(accountId: string): Promise<readonly AllowedApplication[]>;

  /**
   * Revokes every grant that an account gave an application, `offline_access` or not. Idempotent, and
   * one statement: with the outbox, or nothing.
   *
   * @param outboxUntil when the last access token of the grants has expired
   * @returns whether there is any grant, in force or not
   */
  abstract revoke(
    accountId: string,
    clientId: string,
    cause: RevocationCause,
    outboxUntil: Date,
  ): Promise<boolean>;
}
