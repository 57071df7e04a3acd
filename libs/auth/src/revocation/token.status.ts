/** Port: asks the issuer about one token, where the feed cannot tell. */

/** What `introspect` asks; an introspection client is one. */
export abstract class TokenStatus {
  /**
   * Whether the issuer calls the token active now.
   * @throws Error where it cannot be asked: the request is then answered 503
   * @see RFC 7662 section 2
   */
  abstract isActive(token: string): Promise<boolean>;
}
