/** Port: the DPoP proofs that came before. */

/**
 * What keeps a proof from being used twice. Shared by the replicas of a service where there are
 * several; otherwise a proof could be used once at each.
 */
export abstract class ProofReplayStore {
  /**
   * Marks a proof as used, in one atomic step. Of any number of callers with one key, one is told
   * true, for as long as the key is remembered.
   *
   * @param key names the proof; text without meaning, of a fixed length
   * @param lifetimeSeconds how long the proof could be used again
   * @throws ReplaysUnavailableError where it cannot be known; the request is answered 503 then
   */
  abstract claim(key: string, lifetimeSeconds: number): Promise<boolean>;
}
