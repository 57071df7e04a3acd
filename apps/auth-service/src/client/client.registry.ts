/** Port: the clients as those see them who keep them. */
import { type Client } from './client.js';

/** A client, and when it became what it is. */
export interface RegisteredClient {
  readonly client: Client;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a change made of a client. */
export interface ClientChange {
  readonly before: Client;
  readonly after: RegisteredClient;
}

/** Reads all clients, and writes them. */
export abstract class ClientRegistry {
  /**
   * Clients in the order of their ids, disabled ones included.
   * @param after the id before the first one; null for the beginning
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract list(after: string | null, limit: number): Promise<readonly RegisteredClient[]>;

  /**
   * @returns null where there is none
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract find(clientId: string): Promise<RegisteredClient | null>;

  /**
   * @returns null where the id is taken; of any number of callers one has it
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract create(client: Client): Promise<RegisteredClient | null>;

  /**
   * Changes a client as it is now, in one step: nobody else's change gets in between.
   *
   * @param change what becomes different; what it throws leaves the client as it is. Its second parameter
   *   says when the client became what it is
   * @returns null where there is no such client
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract change(
    clientId: string,
    change: (client: Client, current: RegisteredClient) => Partial<Omit<Client, 'clientId'>>,
  ): Promise<ClientChange | null>;
}
