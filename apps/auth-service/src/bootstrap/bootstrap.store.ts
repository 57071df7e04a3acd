/** Port: applies a deployment's declared clients and resources. */
import { type Account } from '../account/account.js';
import { type Client } from '../client/client.js';
import { type Resource } from '../resource/resource.js';

/** A client as a bootstrap file declares it; whether it is disabled is not the file's business. */
export type DeclaredClient = Omit<Client, 'disabledAt'>;

/** An account as a bootstrap file declares it. */
export interface DeclaredAccount extends Omit<Account, 'disabledAt' | 'updatedAt'> {
  /** In the clear, for as long as it takes to hash it. */
  readonly password: string;
}

/** Writes declared clients and resources. */
export abstract class BootstrapStore {
  /**
   * Creates or updates all of them in one transaction: all or nothing, and the same call again
   * changes nothing. Replicas that boot together take turns. What is not declared stays as it is,
   * and a disabled client stays disabled.
   *
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract apply(resources: readonly Resource[], clients: readonly DeclaredClient[]): Promise<void>;
}
