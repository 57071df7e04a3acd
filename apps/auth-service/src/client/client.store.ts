/** Port: the registered clients. */
import { type Client } from './client.js';

/** Reads registered clients. */
export abstract class ClientStore {
  /**
   * The client of this id, disabled ones included: whoever asks decides what that means.
   *
   * @returns null where there is none; always costs exactly one read, found or not
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract find(clientId: string): Promise<Client | null>;
}
