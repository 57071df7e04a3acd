/** A person who can sign in. */

/** A postal address (OpenID Connect Core 1.0 section 5.1.1). */
export interface PostalAddress {
  readonly formatted?: string;
  readonly street_address?: string;
  readonly locality?: string;
  readonly region?: string;
  readonly postal_code?: string;
  readonly country?: string;
}

/** An account, without its password. */
export interface Account {
  /** The `sub` of every token about this person; never given to another. */
  readonly accountId: string;
  /** What is typed at sign-in, lower case; unique. */
  readonly username: string;
  readonly name: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly picture: string | null;
  readonly locale: string | null;
  readonly zoneinfo: string | null;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly phoneNumber: string | null;
  readonly phoneNumberVerified: boolean;
  readonly address: PostalAddress | null;
  /** Since when nobody can sign in to it. */
  readonly disabledAt: Date | null;
  /** Goes up by whatever ends every sign-in: a new password, a revocation. */
  readonly signInEpoch: number;
  readonly updatedAt: Date;
}
