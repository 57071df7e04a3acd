/** Reads the header in which a proxy passes on the certificate of its client. */

/** The header of RFC 9440, which says by itself how it is written. */
export const CLIENT_CERT_HEADER = 'client-cert';

/** Longest value that is looked at, in characters: a certificate with RSA of 4096 bits takes a third. */
const MAX_HEADER_LENGTH = 8192;

/** Why a header with a certificate, or the request that brings it, is not taken. */
export type CertificateHeaderReason =
  'certificate_header_untrusted' | 'certificate_header_repeated' | 'certificate_header_malformed';

/** A request whose certificate header must not be believed; it is refused, not only ignored. */
export class CertificateHeaderError extends Error {
  override readonly name = 'CertificateHeaderError';

  /** @param message for the operator; never a part of the header */
  constructor(
    readonly reason: CertificateHeaderReason,
    message: string,
  ) {
    super(message);
  }
}

// sf-binary (RFC 8941 section 3.3.5), without parameters: RFC 9440 defines none.
const BYTE_SEQUENCE = /^:([A-Za-z0-9+/]+={0,2}):$/;

const PEM = /^-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)\s+-----END CERTIFICATE-----\s*$/;

/**
 * The DER of the one certificate in a header: a byte sequence in `Client-Cert`, and in any other
 * header percent-encoded PEM, as nginx (`$ssl_client_escaped_cert`) and Envoy
 * (`%DOWNSTREAM_PEER_CERT%`) write it.
 *
 * @throws CertificateHeaderError for everything else, a list of two certificates included
 * @see RFC 9440 section 2.2, RFC 7468 section 5.1
 */
export function parseCertificateHeader(name: string, value: string): Buffer {
  if (value.length > MAX_HEADER_LENGTH) {
    throw malformed(name, `longer than ${MAX_HEADER_LENGTH} characters`);
  }
  const base64 = name === CLIENT_CERT_HEADER ? BYTE_SEQUENCE.exec(value)?.[1] : pemBody(value);
  if (base64 === undefined) throw malformed(name, 'not one certificate');
  const der = Buffer.from(base64, 'base64');
  // One text for each certificate: what decodes leniently was not written by a proxy.
  if (der.toString('base64') !== base64) throw malformed(name, 'not canonical base64');
  return der;
}

function pemBody(value: string): string | undefined {
  try {
    return PEM.exec(decodeURIComponent(value))?.[1]?.replace(/\s/g, '');
  } catch {
    return undefined;
  }
}

function malformed(name: string, problem: string): CertificateHeaderError {
  return new CertificateHeaderError(
    'certificate_header_malformed',
    `the header ${name} is ${problem}`,
  );
}
