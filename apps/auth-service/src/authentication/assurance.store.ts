/** Port: what is known of an account's ways to sign in, and what its groups demand. */
import { type FactorKind } from '../factor/factor.js';
import { type Acr } from './acr.js';

/** How sure a person can be made, and has to be. */
export interface Assurance {
  /** What the groups of the account demand, each once. */
  readonly requiredAcrs: readonly Acr[];
  /** The kinds of factors that were enrolled, each once. */
  readonly factorKinds: readonly FactorKind[];
}

/** Read at every authorization: one read. */
export abstract class AssuranceStore {
  /**
   * @returns nothing demanded and nothing enrolled for an account that does not exist
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract find(accountId: string): Promise<Assurance>;
}
