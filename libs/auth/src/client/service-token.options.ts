/** What a team says of the tokens that its service gets, for itself and for its callers. */
import { type ClientKey, type ClientSecret } from '../introspection/introspection.options.js';

/** How this service asks its authorization server for tokens. */
export interface ServiceTokenOptions {
  /** The authorization server, as its metadata names it. */
  readonly issuer: string;
  /** This service as the server's client: by `private_key_jwt`, or by its secret. */
  readonly client: ClientSecret | ClientKey;
  /** The token endpoint. Default: what the issuer's metadata says. */
  readonly tokenEndpoint?: string;
  /**
   * Ask for tokens that are bound to a key of this process, and prove it with every request. A token
   * that is not bound is refused then. Default false.
   * @see RFC 9449
   */
  readonly dpop?: boolean;
  /** INSECURE: send secrets and tokens over http to another host than this one. Default false. */
  readonly insecureHttp?: boolean;
  /** For one answer of the token endpoint, its body included, in milliseconds. Default 5000. */
  readonly timeoutMs?: number;
  /** Tokens of callers that are remembered, at most. Default 10000. */
  readonly maxExchangedTokens?: number;
  /** Token requests under way at once, at most; above that nothing is sent. Default 256. */
  readonly maxConcurrentRequests?: number;
  /** Failures in a row after which the server is left alone for a while. Default 5. */
  readonly failuresBeforePause?: number;
  /** Length of that pause, in seconds; doubled at each further failure up to 60. Default 2. */
  readonly retrySeconds?: number;
  /** Milliseconds since the epoch. Default Date.now; tests give their own. */
  readonly clock?: () => number;
}

/** Another service that this one calls. Tokens for it are sent to the origin of `url` alone. */
export interface TargetOptions {
  /** Where the service is; paths are resolved against it. */
  readonly url: string;
  /** Its identifier (RFC 8707): what the tokens' `aud` shall be. Default: `url` to the letter. */
  readonly resource?: string;
  /** Scope of the service's own tokens. Default: what the authorization server gives. */
  readonly ownScope?: string;
  /** Scope of tokens on behalf of a caller. Default: what the authorization server gives. */
  readonly delegatedScope?: string;
  /** For one answer, its body included, in milliseconds. Default 10000. */
  readonly timeoutMs?: number;
  /** INSECURE: send tokens over http to another host than this one. Default false. */
  readonly insecureHttp?: boolean;
}

const DEFAULTS = {
  timeoutMs: 5000,
  maxExchangedTokens: 10_000,
  maxConcurrentRequests: 256,
  failuresBeforePause: 5,
  retrySeconds: 2,
};

/** Every limit with its value. */
export type ServiceTokenLimits = Readonly<typeof DEFAULTS>;

/**
 * Fills in the defaults.
 * @throws TypeError for a value that is not a number of its unit: NaN would switch a limit off
 */
export function serviceTokenLimits(options: ServiceTokenOptions): ServiceTokenLimits {
  const limits = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof ServiceTokenLimits)[]) {
    limits[name] = positive(`serviceTokens.${name}`, options[name] ?? DEFAULTS[name]);
  }
  return limits;
}

/** @throws TypeError */
export function positive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new TypeError(`${name} is not a positive number of its unit`);
}
