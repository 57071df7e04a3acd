/** Proves to the issuer which client asks: by a secret, or by assertions of a private key. */
import { type KeyObject, webcrypto } from 'node:crypto';
import * as client from 'openid-client';
import { type BffClientAuthentication } from './bff.options.js';

/**
 * @throws DOMException for a key that is none of its algorithm
 * @see RFC 6749 section 2.3.1, RFC 7523 section 2.2
 */
export async function clientAuthentication(
  proof: BffClientAuthentication,
): Promise<client.ClientAuth> {
  if ('clientSecret' in proof) return client.ClientSecretBasic(proof.clientSecret);
  const key = await importKey(proof.privateKey, proof.algorithm);
  return client.PrivateKeyJwt({ key, kid: proof.keyId });
}

const PARAMETERS = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  ES512: { name: 'ECDSA', namedCurve: 'P-521' },
  EdDSA: { name: 'Ed25519' },
} as const;

function importKey(key: KeyObject, algorithm: string): Promise<webcrypto.CryptoKey> {
  const bits = algorithm.slice(2);
  const rsa = {
    name: algorithm.startsWith('PS') ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5',
    hash: `SHA-${bits}`,
  };
  const parameters = PARAMETERS[algorithm as keyof typeof PARAMETERS] ?? rsa;
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', pkcs8, parameters, false, ['sign']);
}
