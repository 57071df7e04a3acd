/** How an issuer's JWK Set is fetched and kept. */

/** Settings of a remote JWK Set; every duration has a default that suits production. */
export interface JwksOptions {
  /** For one fetch, in milliseconds. Default 5000. */
  readonly timeoutMs?: number;
  /** Size limit of the set, in bytes. Default 262144. */
  readonly maxBytes?: number;
  /** How long a set is fresh where the issuer does not say, in seconds. Default 600. */
  readonly defaultMaxAgeSeconds?: number;
  /** The shortest time a set is fresh, whatever the issuer says, in seconds. Default 30. */
  readonly minMaxAgeSeconds?: number;
  /** The longest time a set is fresh, whatever the issuer says, in seconds. Default 86400. */
  readonly maxMaxAgeSeconds?: number;
  /**
   * How long known keys are used past their freshness while the issuer cannot be reached, in
   * seconds. Default 86400.
   */
  readonly maxStaleSeconds?: number;
  /** How many fetches unknown kids may cause at once. Default 5. */
  readonly unknownKidBurst?: number;
  /** After that, one more every so many seconds. Default 30. */
  readonly unknownKidIntervalSeconds?: number;
  /** Pause after a failed fetch, in seconds; doubled at each further failure up to 60. Default 2. */
  readonly retrySeconds?: number;
}

/** Every setting with its value. */
export type ResolvedJwksOptions = Required<JwksOptions>;

/** Fills in the defaults. */
export function resolveJwksOptions(options: JwksOptions = {}): ResolvedJwksOptions {
  return {
    timeoutMs: options.timeoutMs ?? 5000,
    maxBytes: options.maxBytes ?? 262_144,
    defaultMaxAgeSeconds: options.defaultMaxAgeSeconds ?? 600,
    minMaxAgeSeconds: options.minMaxAgeSeconds ?? 30,
    maxMaxAgeSeconds: options.maxMaxAgeSeconds ?? 86_400,
    maxStaleSeconds: options.maxStaleSeconds ?? 86_400,
    unknownKidBurst: options.unknownKidBurst ?? 5,
    unknownKidIntervalSeconds: options.unknownKidIntervalSeconds ?? 30,
    retrySeconds: options.retrySeconds ?? 2,
  };
}
