/** How a resource server reads tokens that are encrypted to it. */
import { type KeyManagementAlgorithm } from '@keyward/oauth';

/** What a trust says of encryption. One that says nothing refuses encrypted tokens unread. */
export interface DecryptionOptions {
  /**
   * This resource server's private keys, as JWKs with a `kid`: P-256, X25519, or RSA of 2048 bits at
   * least. While a key is replaced, both are here.
   */
  readonly keys: readonly object[];
  /**
   * How tokens may be encrypted to them. Default `['ECDH-ES']`. `RSA-OAEP-256` costs many times as
   * much for each new token.
   */
  readonly algorithms?: readonly KeyManagementAlgorithm[];
  /**
   * Whether a token of this issuer that is not encrypted is refused. Default true: who asked for
   * encryption must not be sent claims in the clear. False for the time in which an issuer changes over.
   * @see RFC 9068 section 4
   */
  readonly required?: boolean;
}
