/** The port for what a backend may use once: sign-ins under way, and the names of logout tokens. */

/**
 * Values by key, each gone with its lifetime. Both verbs are atomic over the processes that share the
 * store, and throw BffStoreUnavailableError where they cannot be carried out.
 */
export abstract class BffSingleUseStore {
  /** Keeps a value under a new key; false, and nothing is written, where there is one. */
  abstract put(key: string, value: string, lifetimeMs: number): Promise<boolean>;

  /** The value, to exactly one caller; null: used, forgotten, never there. */
  abstract claim(key: string): Promise<string | null>;
}
