/** How an issuer's JWK Set is fetched and kept. */

import { type DocumentFetch } from './json-document.js';

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
  /**
   * By what the set is asked for. Default: the runtime's own fetch, which goes wherever the URL leads. A
   * server that lets others name the URL gives one that does not reach its own network.
   */
  readonly fetch?: DocumentFetch;
}

/** Every setting with its value. */
export type ResolvedJwksOptions = Required<Omit<JwksOptions, 'fetch'>> & Pick<JwksOptions, 'fetch'>;

const DEFAULTS: ResolvedJwksOptions = {
  timeoutMs: 5000,
  maxBytes: 262_144,
  defaultMaxAgeSeconds: 600,
  minMaxAgeSeconds: 30,
  maxMaxAgeSeconds: 86_400,
  maxStaleSeconds: 86_400,
  unknownKidBurst: 5,
  unknownKidIntervalSeconds: 30,
  retrySeconds: 2,
};

/** Zero of these is no limit at all, or none that works. */
const POSITIVE = new Set<string>(['timeoutMs', 'maxBytes', 'unknownKidIntervalSeconds']);

/**
 * Fills in the defaults.
 * @throws TypeError for a value that is not a number of its unit: NaN would switch a limit off
 */
export function resolveJwksOptions({ fetch, ...options }: JwksOptions = {}): ResolvedJwksOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given as [string, unknown][]) {
    if (!Object.hasOwn(DEFAULTS, name)) throw new TypeError(`jwksOptions has no ${name}`);
    if (!Number.isFinite(value) || (value as number) < 0 || (value === 0 && POSITIVE.has(name))) {
      const wanted = POSITIVE.has(name) ? 'a positive number' : 'a number from 0 up';
      throw new TypeError(`jwksOptions.${name} is not ${wanted}`);
    }
  }
  return { ...DEFAULTS, ...Object.fromEntries(given), ...(fetch !== undefined && { fetch }) };
}
