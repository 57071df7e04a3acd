/** A registered client: who it is, how it proves it, and what it may ask for. */
import {
  type ClientAuthenticationMethod,
  type ContentEncryptionAlgorithm,
  type KeyManagementAlgorithm,
} from '@keyward/oauth';
import { type JSONWebKeySet } from 'jose';
import { type Acr } from '../authentication/acr.js';

/** Every {@link ApplicationType}. */
export const APPLICATION_TYPES = ['web', 'native'] as const;

/** Where a client runs decides how its redirect_uri is compared (RFC 8252 section 8.4). */
export type ApplicationType = (typeof APPLICATION_TYPES)[number];

/** Every {@link RefreshProfile}. */
export const REFRESH_PROFILES = ['spa', 'native', 'confidential', 'mcp'] as const;

/** How long a client's refresh tokens live and how forgiving their rotation is. */
export type RefreshProfile = (typeof REFRESH_PROFILES)[number];

/**
 * The one name in a certificate by which a client of `tls_client_auth` is known.
 * @see RFC 8705 section 2.1.2
 */
export interface TlsSubject {
  readonly kind: (typeof TLS_SUBJECT_KINDS)[number];
  readonly value: string;
}

/** Which name a {@link TlsSubject} is; with `tls_client_auth_` before it the member of RFC 8705. */
export const TLS_SUBJECT_KINDS = [
  'subject_dn',
  'san_dns',
  'san_uri',
  'san_ip',
  'san_email',
] as const;

/** What a client may get for the tokens of others (RFC 8693). */
export interface ExchangePolicy {
  /** Resources that it may ask tokens for. */
  readonly resources: readonly string[];
  /** Whether it may stand in for the subject without being named as the actor. */
  readonly impersonation: boolean;
}

/** Every {@link ClientSource}. */
export const CLIENT_SOURCES = ['file', 'api', 'registration', 'document'] as const;

/**
 * Who says what a client is: the bootstrap file, at each start; administrators; the client itself, when it
 * registered or in a document that it publishes.
 */
export type ClientSource = (typeof CLIENT_SOURCES)[number];

/** How something is encrypted to a key that its reader registered (RFC 7516). */
export interface JweAlgorithms {
  readonly alg: KeyManagementAlgorithm;
  readonly enc: ContentEncryptionAlgorithm;
}

/** A client as the domain sees it (RFC 6749 section 2, RFC 7591 section 2). */
export interface Client {
  readonly clientId: string;
  /** Shown to the person who signs in. */
  readonly name: string;
  /** Shown beside the name; https, or null. */
  readonly logoUri: string | null;
  readonly applicationType: ApplicationType;
  /** The one way in which this client may authenticate. */
  readonly authenticationMethod: ClientAuthenticationMethod;
  /**
   * SHA-256 of the secret, for the methods that have one. Enough because a secret is 256 random
   * bits, not a password.
   */
  readonly secretSha256: Buffer | null;
  /** The secret before that, which is good until the time after; null where there is none. */
  readonly previousSecretSha256: Buffer | null;
  readonly previousSecretUntil: Date | null;
  /**
   * The public keys of a client that signs assertions or has its ID tokens encrypted, where it did not
   * register a URI.
   */
  readonly jwks: JSONWebKeySet | null;
  /** Where such a client publishes its keys. */
  readonly jwksUri: string | null;
  readonly grantTypes: readonly string[];
  /** Everything it may ask for, `openid` and the like included. */
  readonly scopes: readonly string[];
  /** Compared exactly, but for the port of a native client's loopback URI. */
  readonly redirectUris: readonly string[];
  /** Compared exactly (RP-Initiated Logout 1.0 section 3.1). */
  readonly postLogoutRedirectUris: readonly string[];
  /** Told when a session ends (Back-Channel Logout 1.0 section 2.2). */
  readonly backchannelLogoutUri: string | null;
  /** Origins whose pages may call the token endpoint as this client. */
  readonly corsOrigins: readonly string[];
  /** Whether only pushed requests are taken from it (RFC 9126 section 6). */
  readonly requirePushedRequests: boolean;
  /** A client of the house: nobody is asked for consent. */
  readonly firstParty: boolean;
  readonly refreshProfile: RefreshProfile;
  /** How sure a sign-in for it must be at least; null: as the person and the request want it. */
  readonly requiredAcr: Acr | null;
  /** The resource that this client is, where it is a resource server. */
  readonly ownResource: string | null;
  /** Whether each of its access tokens is bound to a key by DPoP (RFC 9449 section 5.2). */
  readonly dpopBoundAccessTokens: boolean;
  /** Whether each of its access tokens is bound to its certificate (RFC 8705 section 3.4). */
  readonly tlsBoundAccessTokens: boolean;
  /** For `tls_client_auth` alone. */
  readonly tlsSubject: TlsSubject | null;
  /** Null: it may exchange nothing. */
  readonly exchange: ExchangePolicy | null;
  /** The types of authorization details that it may ask for (RFC 9396 section 10). */
  readonly authorizationDetailsTypes: readonly string[];
  /** Null: the server's. */
  readonly idTokenSigningAlgorithm: string | null;
  /** Null: the server's. */
  readonly introspectionSigningAlgorithm: string | null;
  /** Null: its ID tokens are signed alone. */
  readonly idTokenEncryption: JweAlgorithms | null;
  readonly source: ClientSource;
  /** The upstream providers by which people may sign in for it, as its sign-in page shows them. */
  readonly upstreams: readonly string[];
  /** Whether people may sign in for it by what this server itself asks of them. */
  readonly passwordSignIn: boolean;
  /** Since when the client may do nothing at all. */
  readonly disabledAt: Date | null;
}
