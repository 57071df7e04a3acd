/** A registered client: who it is, how it proves it, and what it may ask for. */
import { type ClientAuthenticationMethod } from '@keyward/oauth';
import { type JSONWebKeySet } from 'jose';

/** Every {@link ApplicationType}. */
export const APPLICATION_TYPES = ['web', 'native'] as const;

/** Where a client runs decides how its redirect_uri is compared (RFC 8252 section 8.4). */
export type ApplicationType = (typeof APPLICATION_TYPES)[number];

/** Every {@link RefreshProfile}. */
export const REFRESH_PROFILES = ['spa', 'native', 'confidential', 'mcp'] as const;

/** How long a client's refresh tokens live and how forgiving their rotation is. */
export type RefreshProfile = (typeof REFRESH_PROFILES)[number];

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
  /** The public keys of a client of `private_key_jwt`, where it did not register a URI. */
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
  /** The resource that this client is, where it is a resource server. */
  readonly ownResource: string | null;
  /** Since when the client may do nothing at all. */
  readonly disabledAt: Date | null;
}
