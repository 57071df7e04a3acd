/** Port: what grants are good for, each combination once, so that a lineage names it by a number. */

/** The texts of a grant that many grants have in common. */
export interface GrantTerms {
  readonly scope: readonly string[];
  readonly resources: readonly string[];
  readonly acr: string;
  readonly amr: readonly string[];
}

/** Gives each combination an id of its own, for good. */
export abstract class GrantTermsStore {
  /**
   * The id of these terms, given now where they have none. Any number of callers get the same one.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract idOf(terms: GrantTerms): Promise<number>;

  /**
   * @returns null for an id that was never given
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract find(id: number): Promise<GrantTerms | null>;
}
