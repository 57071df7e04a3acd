/** Port: the origins whose pages may call as some client. */

/** Reads what clients registered as `allowed_cors_origins`. */
export abstract class ClientOriginStore {
  /**
   * Every origin of every client that is not disabled.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract findAll(): Promise<ReadonlySet<string>>;
}
