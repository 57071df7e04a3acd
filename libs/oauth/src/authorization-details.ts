/** Authorization details: what is allowed, said as data and not as a word (RFC 9396). */

/**
 * One element of `authorization_details`. What a member beside `type` means is up to the type.
 * @see RFC 9396 section 2
 */
export interface AuthorizationDetail {
  readonly type: string;
  readonly [member: string]: unknown;
}
