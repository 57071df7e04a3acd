/** What a backend keeps of one browser that is signed in: everything that the browser must not have. */

/** An access token for one resource. */
export interface HeldAccessToken {
  readonly value: string;
  /** From when on it is renewed behind the requests, in milliseconds since the epoch. */
  readonly renewAtMs: number;
  /** From when on it is not sent any more: a little before the issuer lets it expire. */
  readonly expiresAtMs: number;
}

/** One browser's session at this backend; the browser holds a random name of it and nothing else. */
export interface BrowserSession {
  /** `sub` of the person. */
  readonly subject: string;
  /** `sid`: the session at the issuer that this one began with, where the issuer says. */
  readonly sid: string | undefined;
  /** What pages may know of the person: the claims that are configured. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The ID token of the sign-in: the hint with which the person signs out. */
  readonly idToken: string;
  /** Undefined where the issuer gave none: then the session ends with its access token. */
  readonly refreshToken: string | undefined;
  /** By resource; the empty name is for a token without one. */
  readonly accessTokens: Readonly<Record<string, HeldAccessToken>>;
  /** When it ends whatever happens, in milliseconds since the epoch. */
  readonly endsAtMs: number;
}

/** Whose sessions end, as a logout token says: all of one sign-in, or all of a person. */
export type SessionOwner = { readonly sid: string } | { readonly subject: string };

/** A session with the number of its state, which counts up at every change. */
export interface StoredSession {
  readonly session: BrowserSession;
  readonly version: number;
}
