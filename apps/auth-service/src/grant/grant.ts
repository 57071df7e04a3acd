/** What one resource owner allowed one client at one sign-in. */

/** A grant; everything that comes of it names its `grantId`. */
export interface Grant {
  /** A UUID, allocated with the authorization code. */
  readonly grantId: string;
  readonly accountId: string;
  readonly clientId: string;
  /** The session at whose sign-in it was given. */
  readonly sid: string;
  readonly scope: readonly string[];
  readonly resources: readonly string[];
  readonly authenticatedAt: Date;
  readonly acr: string;
  readonly amr: readonly string[];
  /** When it ends in any case. */
  readonly expiresAt: Date;
}
