/** Port: applies a deployment's declared clients and resources. */
import { type Client } from '../client/client.js';
import { type Resource } from '../resource/resource.js';

/** A client as a bootstrap file declares it; whether it is disabled is not the file's business. */
export type DeclaredClient = Omit<Client, 'disabledAt'>;

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
