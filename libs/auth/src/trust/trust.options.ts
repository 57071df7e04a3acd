/** What a team says of an issuer whose tokens it accepts. */
import { type AsymmetricAlgorithm, type HmacAlgorithm } from '@keyward/oauth';
import { type DecryptionOptions } from '../jwe/decryption.options.js';
import { type JwksOptions } from '../jwks/jwks.options.js';
import { type KeySource } from '../jwks/key-source.js';
import { type JsonObject } from '../jws/strict-json.js';
import { type IntrospectionOptions } from '../introspection/introspection.options.js';
import { type RevocationOptions } from '../revocation/revocation.options.js';
import { type ClaimMapping } from './claim-mapping.js';

/** What every trust states, wherever its keys come from. */
export interface TrustRules {
  /**
   * The issuer, compared with `iss` to the letter: no trailing slash is added or removed.
   * @see RFC 9068 section 4
   */
  readonly issuer: string;
  /**
   * This resource server's own identifier, or several. A token must name one of them.
   * @see RFC 9068 section 4
   */
  readonly audience: string | readonly string[];
  /** The claim that holds the audience, for an issuer that has no `aud`. Default `aud`. */
  readonly audienceClaim?: string;
  /**
   * Accepted `typ` headers, in any case; null means that the header may be absent. Accepting `JWT`
   * lets ID tokens of the same audience in, unless `validate` tells them apart.
   * Default `['at+jwt', 'application/at+jwt']`.
   * @see RFC 9068 section 2.1, RFC 8725 section 3.11
   */
  readonly typ?: readonly (string | null)[];
  /** How far the issuer's clock may be off, in seconds. Default 5, at most 300. */
  readonly clockToleranceSeconds?: number;
  /** The longest `exp - iat` that is accepted, in seconds. Default 3600. */
  readonly maxLifetimeSeconds?: number;
  /**
   * Claims that must be there, besides `iss`, `exp` and the audience.
   * Default `['sub', 'iat', 'jti', 'client_id']`.
   * @see RFC 9068 section 2.2
   */
  readonly requiredClaims?: readonly string[];
  /** Where scope, roles and client are found. */
  readonly claims?: ClaimMapping;
  /**
   * A rule of your own, run once a token after all others. Return why it is refused, for the
   * operator's log, or undefined. It must depend on the claims alone: its answer is kept with the
   * token until that expires.
   */
  readonly validate?: (claims: JsonObject) => string | undefined;
  /**
   * How tokens of the issuer are decrypted that it encrypts to this resource server. Default: they are
   * not, and five segments are refused unread.
   * @see RFC 9068 section 4, RFC 7516
   */
  readonly decryption?: DecryptionOptions;
  /** How revocations of the issuer are followed. Default: not, so that a token lives until it expires. */
  readonly revocation?: RevocationOptions;
  /**
   * What the issuer's access tokens are. `jwt`: verified here by its keys. `opaque`: anything else,
   * so that the issuer is asked about each. A JWT goes by its `iss` alone, and is never sent to an
   * issuer to be told what it is. Default `jwt`.
   */
  readonly tokens?: TokenKind;
  /** How the issuer is asked: for opaque tokens, `@Introspect`, and `whenStale: 'introspect'`. */
  readonly introspection?: IntrospectionOptions;
}

/** What an issuer's access tokens are. */
export type TokenKind = 'jwt' | 'opaque' | 'both';

/** Keys from the issuer's JWK Set, over the network. */
export interface RemoteKeys {
  /** Algorithms to accept, out of asymmetric ones. Default `['ES256']`. */
  readonly algorithms?: readonly AsymmetricAlgorithm[];
  /** Where the JWK Set is. Default: what the issuer's metadata says (RFC 8414, then OpenID). */
  readonly jwksUri?: string;
  /**
   * Fetch keys and metadata over http from a host that is not this one. INSECURE: whoever is on
   * the network can hand out keys. Default false.
   */
  readonly insecureHttp?: boolean;
  /** How the set is fetched and kept. */
  readonly jwksOptions?: JwksOptions;
  readonly jwks?: never;
  readonly secret?: never;
  readonly keySource?: never;
}

/** Keys from the configuration: a JWK Set that changes by a restart. */
export interface ConfiguredKeys {
  /** Algorithms to accept, out of asymmetric ones. Default `['ES256']`. */
  readonly algorithms?: readonly AsymmetricAlgorithm[];
  /** The public keys. One that cannot be used is an error at start. */
  readonly jwks: { readonly keys: readonly object[] };
  readonly jwksUri?: never;
  readonly insecureHttp?: never;
  readonly jwksOptions?: never;
  readonly secret?: never;
  readonly keySource?: never;
}

/** Keys that the application keeps itself: an authorization server that is a resource of its own. */
export interface ProvidedKeys {
  /** Algorithms to accept, out of asymmetric ones. Default `['ES256']`. */
  readonly algorithms?: readonly AsymmetricAlgorithm[];
  /** Asked at every token; what it no longer holds is no longer accepted, cached tokens included. */
  readonly keySource: KeySource;
  readonly jwks?: never;
  readonly jwksUri?: never;
  readonly insecureHttp?: never;
  readonly jwksOptions?: never;
  readonly secret?: never;
}

/** A secret shared with the issuer; a trust that has one accepts nothing asymmetric. */
export interface SharedSecret {
  /** The HMAC algorithms to accept; to be spelled out, since anyone who can check can also sign. */
  readonly algorithms: readonly HmacAlgorithm[];
  /** At least 32, 48 or 64 bytes for HS256, HS384 or HS512 (RFC 7518 section 3.2). */
  readonly secret: Uint8Array;
  readonly jwks?: never;
  readonly jwksUri?: never;
  readonly insecureHttp?: never;
  readonly jwksOptions?: never;
  readonly keySource?: never;
}

/** One issuer that is trusted, with the rules for its tokens and its keys. */
export type TrustOptions = TrustRules & (RemoteKeys | ConfiguredKeys | ProvidedKeys | SharedSecret);
