/** Recognises ID tokens of this server, expired ones included, where one comes back as a hint. */

/** What a hint says; it proves nothing about who sits at the browser. */
export interface IdTokenHint {
  readonly subject: string;
  readonly clientId: string;
  readonly sid: string | null;
}

export abstract class IdTokenVerifier {
  /**
   * @returns null for anything that this server did not sign as an ID token
   * @see OpenID Connect Core 1.0 section 3.1.2.1, RP-Initiated Logout 1.0 section 4
   */
  abstract verifyHint(idToken: string): Promise<IdTokenHint | null>;
}
