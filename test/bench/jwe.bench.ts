/** What it costs a resource server that a new token is encrypted: beside the same tokens, signed alone. */
import { AccessTokenVerifier, createTrusts, LoggingAuthObserver } from '@keyward/auth';
import { CompactEncrypt } from 'jose';
import { generateKeyPair } from '../support/key-pair.js';
import { AUDIENCE, createSigningKey, createTokens, ISSUER } from './access-tokens.js';
import { compare, interleave, type Measurement } from './measurement.js';

const TOKENS = 500;
const ROUNDS = 41;
const WARM_UPS = 10;
const KID = 'enc-1';

/** The name that `--only` selects. */
export const JWE_BENCH = 'verify.jwe';

/** ECDH-ES on P-256 around ES256, nothing remembered; one that was seen before costs what any does. */
export async function benchDecryption(): Promise<readonly Measurement[]> {
  const key = await createSigningKey('ES256');
  const { publicKey, privateKey } = generateKeyPair({ type: 'ec', namedCurve: 'P-256' });
  const signed = await createTokens(key, TOKENS);
  const header = { alg: 'ECDH-ES', enc: 'A256GCM', kid: KID, cty: 'JWT', typ: 'at+jwt' };
  const encrypted = await Promise.all(
    signed.map((token) =>
      new CompactEncrypt(Buffer.from(token)).setProtectedHeader(header).encrypt(publicKey),
    ),
  );
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: KID, use: 'enc' };
  const trust = {
    issuer: ISSUER,
    audience: AUDIENCE,
    jwks: { keys: [key.jwk] },
    decryption: { keys: [jwk], required: false },
  };
  const trusts = createTrusts([trust], new LoggingAuthObserver(), Date.now);
  const verifier = new AccessTokenVerifier(trusts, { maxCachedTokens: 0 });
  const timed = (tokens: readonly string[]) => (): number => {
    const start = process.hrtime.bigint();
    // With keys at hand verify() answers at once, without a promise, and throws at once.
    for (const token of tokens) void verifier.verify(token);
    return Number(process.hrtime.bigint() - start) / 1000 / TOKENS;
  };
  const figures = await interleave(
    [
      { name: 'encrypted', run: timed(encrypted) },
      { name: 'signed alone', run: timed(signed) },
    ],
    ROUNDS,
    WARM_UPS,
  );
  return compare(JWE_BENCH, figures, 'encrypted', 'us');
}
