/** An OpenID provider of others, whose word about who a person is counts here. */

/** Every {@link UpstreamAuthenticationMethod}. */
export const UPSTREAM_AUTHENTICATION_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
] as const;

/** How this server proves to a provider that it is its client. */
export type UpstreamAuthenticationMethod = (typeof UPSTREAM_AUTHENTICATION_METHODS)[number];

/** What this server reads about a person, and the claim of OpenID Connect that says it. */
export const UPSTREAM_CLAIMS = {
  username: 'preferred_username',
  name: 'name',
  givenName: 'given_name',
  familyName: 'family_name',
  locale: 'locale',
  email: 'email',
  emailVerified: 'email_verified',
} as const;

/** Where a provider says each of them. */
export type UpstreamClaimNames = Readonly<Record<keyof typeof UPSTREAM_CLAIMS, string>>;

/** A secret as it is kept: encrypted by `KeyEncryption`. */
export interface UpstreamSecret {
  readonly ciphertext: Buffer;
  readonly keyVersion: number;
}

/** A provider, as the operator declared it. */
export interface Upstream {
  /** Ours; part of URLs. */
  readonly upstreamId: string;
  /** Shown to people. */
  readonly name: string;
  /** Its `iss`, to the letter; never that of another upstream. */
  readonly issuer: string;
  /** What it calls this server. */
  readonly clientId: string;
  readonly authenticationMethod: UpstreamAuthenticationMethod;
  /** The client secret, or the private key as a JWK. */
  readonly secret: UpstreamSecret;
  readonly scope: readonly string[];
  readonly claimNames: UpstreamClaimNames;
  /** Whether someone who has no account here gets one. */
  readonly createAccounts: boolean;
  /**
   * Whether it is believed that an address is its owner's: then, and only then, may an account be found
   * by it, with its owner's consent.
   */
  readonly trustEmail: boolean;
  /** Values of `acr` and `amr` by which it says that a person proved two factors; none are believed by default. */
  readonly mfaAcrs: readonly string[];
  readonly mfaAmrs: readonly string[];
  /** Since when nobody signs in by it. */
  readonly disabledAt: Date | null;
  /** Changes with every other member. */
  readonly updatedAt: Date;
}

/** A secret is encrypted as this upstream's: in the row of another one it is none. */
export function upstreamSecretContext(upstreamId: string): string {
  return `the secret of upstream ${upstreamId}`;
}
