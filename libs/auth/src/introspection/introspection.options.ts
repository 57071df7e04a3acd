/** What a team says of how an issuer is asked about its tokens. */
import { type KeyObject } from 'node:crypto';
import { type AsymmetricAlgorithm } from '@keyward/oauth';

/** A client that authenticates with a secret (RFC 6749 section 2.3.1). */
export interface ClientSecret {
  readonly clientId: string;
  readonly method?: 'client_secret_basic' | 'client_secret_post';
  readonly clientSecret: string;
}

/** A client that authenticates with a key (RFC 7523 section 2.2). */
export interface ClientKey {
  readonly clientId: string;
  readonly method: 'private_key_jwt';
  readonly privateKey: KeyObject;
  readonly algorithm: AsymmetricAlgorithm;
  /** `kid` of the assertion's header. Default: none. */
  readonly keyId?: string;
  /** `aud` of the assertion. Default: the issuer. */
  readonly assertionAudience?: string;
}

/** Who asks. An issuer answers nobody that it does not know (RFC 7662 section 2.1). */
export type IntrospectionCredentials = ClientSecret | ClientKey;

/** How one trust asks its issuer about tokens. */
export interface IntrospectionOptions {
  /** This resource server as the issuer's client. */
  readonly client: IntrospectionCredentials;
  /** The introspection endpoint. Default: what the issuer's metadata says. */
  readonly endpoint?: string;
  /**
   * Ask for signed answers and accept no others; they are checked by the trust's keys and
   * algorithms. Default false.
   * @see RFC 9701
   */
  readonly signedResponse?: boolean;
  /**
   * How long the answer about a live token is kept, in seconds, and never past its `exp`: what is
   * revoked meanwhile is accepted for so long. 0 keeps nothing. Default 10.
   */
  readonly maxCacheSeconds?: number;
  /** How long "inactive" is kept, in seconds; never longer than `maxCacheSeconds`. Default 2. */
  readonly maxNegativeCacheSeconds?: number;
  /** Answers that are kept, at most. Default 10000. */
  readonly maxCachedTokens?: number;
  /** For one answer, in milliseconds. Default 3000. */
  readonly timeoutMs?: number;
  /** Size limit of an answer, in bytes. Default 65536. */
  readonly maxBytes?: number;
  /** Requests under way at once, at most; above that the answer is 503. Default 256. */
  readonly maxConcurrentRequests?: number;
  /** Failures in a row after which the issuer is left alone for a while. Default 5. */
  readonly failuresBeforePause?: number;
  /** Length of that pause, in seconds; doubled at each further failure up to 60. Default 2. */
  readonly retrySeconds?: number;
  /**
   * Claims that the answer about an opaque token must have, besides `exp` and the audience.
   * Default `['sub', 'client_id']`.
   */
  readonly requiredClaims?: readonly string[];
  /** What the issuer's opaque tokens begin with; needed where several trusts have such tokens. */
  readonly tokenPrefix?: string;
  /** INSECURE: send tokens and the secret over http to another host than this one. Default false. */
  readonly insecureHttp?: boolean;
}

type Numbers =
  | 'maxCacheSeconds'
  | 'maxNegativeCacheSeconds'
  | 'maxCachedTokens'
  | 'timeoutMs'
  | 'maxBytes'
  | 'maxConcurrentRequests'
  | 'failuresBeforePause'
  | 'retrySeconds';

/** Every limit with its value. */
export type IntrospectionLimits = Required<Pick<IntrospectionOptions, Numbers>>;

const DEFAULTS: IntrospectionLimits = {
  maxCacheSeconds: 10,
  maxNegativeCacheSeconds: 2,
  maxCachedTokens: 10_000,
  timeoutMs: 3000,
  maxBytes: 65_536,
  maxConcurrentRequests: 256,
  failuresBeforePause: 5,
  retrySeconds: 2,
};

/** Zero of these means off, and works. */
const ZERO_ALLOWED = new Set<string>([
  'maxCacheSeconds',
  'maxNegativeCacheSeconds',
  'maxCachedTokens',
]);

/**
 * Fills in the defaults.
 * @throws TypeError for a value that is not a number of its unit: NaN would switch a limit off
 */
export function introspectionLimits(options: IntrospectionOptions): IntrospectionLimits {
  const limits = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as Numbers[]) {
    const value = options[name] ?? DEFAULTS[name];
    if (!Number.isFinite(value) || value < 0 || (value === 0 && !ZERO_ALLOWED.has(name))) {
      throw new TypeError(`introspection.${name} is not a number of its unit`);
    }
    limits[name] = value;
  }
  return limits;
}
