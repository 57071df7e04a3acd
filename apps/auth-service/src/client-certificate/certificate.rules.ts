/** What is asked of every certificate, whoever issued it. */
import { type X509Certificate } from 'node:crypto';

const MINIMUM_RSA_BITS = 2048;
const MAXIMUM_RSA_BITS = 16_384;
const CURVES: readonly unknown[] = ['prime256v1', 'secp384r1', 'secp521r1'];

/**
 * What is wrong with a certificate at an instant, in the operator's words, or null. TLS asks the same
 * of a chain that it checks; nobody else asks it of a self-signed certificate or of a proxy's.
 */
export function findCertificateProblem(certificate: X509Certificate, nowMs: number): string | null {
  const validFrom = Date.parse(certificate.validFrom);
  const validTo = Date.parse(certificate.validTo);
  // Written so that NaN is refused.
  if (!(validFrom <= nowMs)) return 'the certificate is not yet valid';
  if (!(nowMs <= validTo)) return 'the certificate has expired';
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
  if (type === 'rsa' || type === 'rsa-pss') {
    const bits = details?.modulusLength ?? 0;
    const isSane = bits >= MINIMUM_RSA_BITS && bits <= MAXIMUM_RSA_BITS;
    return isSane ? null : `the certificate has an RSA key of ${bits} bits`;
  }
  if (type === 'ec') {
    return CURVES.includes(details?.namedCurve) ? null : 'the certificate has an unusual curve';
  }
  if (type === 'ed25519' || type === 'ed448') return null;
  return `the certificate has a key of another type: ${String(type)}`;
}
