/** A protected resource: what a token can be meant for, and the scopes that it understands. */

/** A resource server's identity and scopes (RFC 8707 section 2). */
export interface Resource {
  /** Absolute URI without fragment; the `aud` of tokens for it, compared exactly. */
  readonly identifier: string;
  readonly name: string;
  readonly scopes: readonly string[];
}
