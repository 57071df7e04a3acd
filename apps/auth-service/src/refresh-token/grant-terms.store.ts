/** Port: what grants are good for, each combination once, so that a lineage names it by a number. */
import { type AuthorizationDetail } from '@keyward/oauth';
import { formatDetails } from '../authorization-details/authorization-details.js';

/** The texts of a grant that many grants have in common. */
export interface GrantTerms {
  readonly scope: readonly string[];
  readonly resources: readonly string[];
  readonly acr: string;
  readonly amr: readonly string[];
  /** Absent: none. */
  readonly authorizationDetails?: readonly AuthorizationDetail[];
}

/** The one text of terms, by which they are told apart; without details it is as it always was. */
export function formatTerms(terms: GrantTerms): string {
  const { scope, resources, acr, amr, authorizationDetails = [] } = terms;
  const details = formatDetails(authorizationDetails);
  return JSON.stringify([scope, resources, acr, amr, ...(details === null ? [] : [details])]);
}

/** Gives each combination an id of its own, for as long as a grant has it. */
export abstract class GrantTermsStore {
  /**
   * The id of these terms, given now where they have none. Any number of callers get the same one.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract idOf(terms: GrantTerms): Promise<number>;

  /**
   * @returns null for an id that was never given, or whose terms are gone
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract find(id: number): Promise<GrantTerms | null>;

  /**
   * Removes up to `limit` terms that no lineage has, and whose id was not asked for since `before`.
   * @returns how many there were; fewer than `limit` where none is left
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract deleteUnused(before: Date, limit: number): Promise<number>;
}
