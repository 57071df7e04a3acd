/** A type of authorization details: what its elements look like, and which resource understands them. */

/** @see RFC 9396 section 2 */
export interface AuthorizationDetailsType {
  readonly type: string;
  /** The one resource whose tokens carry details of this type. */
  readonly resource: string;
  /** What a person reads over a detail of this type. */
  readonly name: string;
  /** A sentence below it, or null. */
  readonly description: string | null;
  /** JSON Schema (2020-12) of an element, without its `type`. */
  readonly schema: Readonly<Record<string, unknown>>;
}
