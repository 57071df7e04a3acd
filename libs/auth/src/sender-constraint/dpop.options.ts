/** What a team says of DPoP at its resource server. */
import { type DpopNonceOptions } from './dpop.nonces.js';
import { type ProofReplayStore } from './proof-replay.store.js';

/** How tokens that are bound to a key are taken. Only `publicUrl` has no default. */
export interface DpopOptions {
  /**
   * Where clients find this service, as they write it: scheme, host and, where a proxy takes a prefix
   * away, that path. What a proof names is compared with it. It cannot be told from the request:
   * `Host` and `X-Forwarded-Host` are whatever the sender of a stolen proof writes into them.
   */
  readonly publicUrl: string;
  /**
   * What keeps a proof from being used twice. Default: the memory of this process, for a service of
   * one replica; replicas share a RedisProofReplayStore.
   */
  readonly replays?: ProofReplayStore;
  /** Asks for proofs that hold a nonce of this service. Default: not; `iat` and `jti` are checked. */
  readonly nonces?: DpopNonceOptions;
}
