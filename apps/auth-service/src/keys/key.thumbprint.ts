/** The name of a key: its RFC 7638 thumbprint. */
import { calculateJwkThumbprint, type JWK } from 'jose';

/** By SHA-256, of the public members alone. */
export function thumbprintOf(jwk: JWK): Promise<string> {
  return calculateJwkThumbprint(jwk, 'sha256');
}
