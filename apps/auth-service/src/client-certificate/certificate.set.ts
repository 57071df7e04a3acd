/** JWK Sets as sets of certificates (RFC 7517 section 4.7, RFC 8705 section 2.2.2). */
import { createHash, X509Certificate } from 'node:crypto';

const PUBLIC_MEMBERS = ['kty', 'crv', 'x', 'y', 'n', 'e'] as const;

/** What is wrong with a set that is to hold certificates, beside keys for encryption, or null. */
export function findCertificateSetProblem(jwks: {
  readonly keys: readonly object[];
}): string | null {
  const keys = jwks.keys.filter((jwk) => !('use' in jwk) || jwk.use !== 'enc');
  const isGood = keys.length > 0 && keys.every((jwk) => certificateOf(jwk) !== null);
  return isGood ? null : 'each key needs x5c, and in it first the certificate of that very key';
}

/** The SHA-256 thumbprints of the certificates in a set; a key without its own adds none. */
export function thumbprintsOf({
  keys,
}: {
  readonly keys: readonly unknown[];
}): ReadonlySet<string> {
  const certificates = keys.map(certificateOf).filter((der) => der !== null);
  return new Set(certificates.map((der) => createHash('sha256').update(der).digest('base64url')));
}

/** @see RFC 7517 section 4.7: the first certificate is that of the key itself */
function certificateOf(jwk: unknown): Buffer | null {
  if (typeof jwk !== 'object' || jwk === null) return null;
  const members = jwk as Readonly<Record<string, unknown>>;
  const chain = members['x5c'];
  const first: unknown = Array.isArray(chain) ? chain[0] : undefined;
  if (typeof first !== 'string') return null;
  const der = Buffer.from(first, 'base64');
  if (der.toString('base64') !== first) return null;
  try {
    const certificate = new X509Certificate(der);
    const key: Readonly<Record<string, unknown>> = {
      ...certificate.publicKey.export({ format: 'jwk' }),
    };
    const isItsKey = PUBLIC_MEMBERS.every((name) => key[name] === members[name]);
    return isItsKey && certificate.raw.equals(der) ? der : null;
  } catch {
    return null;
  }
}
