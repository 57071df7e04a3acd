/** The certificate that a client proved in TLS (RFC 8705). */
import { createHash } from 'node:crypto';

/** A certificate whose private key is at the other end of the connection, or behind a trusted proxy. */
export interface ClientCertificate {
  /** The certificate itself, in DER. From a proxy it may be anything: only its hash is known. */
  readonly der: Buffer;
  /** SHA-256 of {@link der} in base64url: what `cnf` says of a token that is bound to it. */
  readonly thumbprint: string;
  /** Whether its chain was found to lead to a certification authority that is trusted. */
  readonly isChainTrusted: boolean;
}

/** @see RFC 8705 section 3.1 */
export function createClientCertificate(der: Buffer, isChainTrusted: boolean): ClientCertificate {
  const thumbprint = createHash('sha256').update(der).digest('base64url');
  return { der, thumbprint, isChainTrusted };
}
