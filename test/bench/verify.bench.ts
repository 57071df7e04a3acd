/** verify(): what checking one token costs, cached and not, against the bare signature check and jose. */
import { constants, verify } from 'node:crypto';
import { AccessTokenVerifier, AuthModule } from '@keyward/auth';
import { Test } from '@nestjs/testing';
import { jwtVerify } from 'jose';
import {
  ALGORITHMS,
  AUDIENCE,
  createSigningKey,
  createTokens,
  ISSUER,
  type BenchAlgorithm,
  type SigningKey,
} from './access-tokens.js';
import { compare, interleave, type Contender, type Measurement } from './measurement.js';

const TOKENS = 500;
const ROUNDS = 41;
const WARM_UPS = 10;

/** The names that `--only` selects from. */
export const VERIFY_BENCHES = ALGORITHMS.flatMap((a) => [
  `verify.cached.${a}`,
  `verify.uncached.${a}`,
]);

/** Measures one algorithm; both of its names come from the same run. */
export async function benchVerify(algorithm: BenchAlgorithm): Promise<readonly Measurement[]> {
  const key = await createSigningKey(algorithm);
  const tokens = await createTokens(key, TOKENS);
  const cached = await createVerifier(key, 10_000);
  const uncached = await createVerifier(key, 0);
  const jose = { issuer: ISSUER, audience: AUDIENCE, typ: 'at+jwt', algorithms: [algorithm] };
  const joseCheck = async (): Promise<number> => {
    const start = process.hrtime.bigint();
    for (const token of tokens) await jwtVerify(token, key.publicKey, jose);
    return microseconds(start);
  };
  const ours = (verifier: AccessTokenVerifier) => (): number => {
    const start = process.hrtime.bigint();
    // With keys at hand verify() answers at once, without a promise.
    for (const token of tokens) void verifier.verify(token);
    return microseconds(start);
  };
  const contenders: Contender[] = [
    { name: 'cached', run: ours(cached) },
    { name: 'uncached', run: ours(uncached) },
    { name: 'crypto.verify', run: bareCheck(key, tokens) },
    { name: 'jose', run: joseCheck },
  ];
  const figures = await interleave(contenders, ROUNDS, WARM_UPS);
  return (['cached', 'uncached'] as const).flatMap((kind) => {
    const others = new Map(
      [...figures].filter(([name]) => name === kind || !name.includes('cached')),
    );
    return compare(`verify.${kind}.${algorithm}`, others, kind, 'us');
  });
}

function microseconds(start: bigint): number {
  return Number(process.hrtime.bigint() - start) / 1000 / TOKENS;
}

/** The least that any verifier must do: the signature over bytes that are there already. */
function bareCheck({ algorithm, publicKey }: SigningKey, tokens: readonly string[]): () => number {
  const inputs = tokens.map((token) => {
    const dot = token.lastIndexOf('.');
    const signature = Buffer.from(token.slice(dot + 1), 'base64url');
    return { data: Buffer.from(token.slice(0, dot)), signature };
  });
  const digest = algorithm === 'EdDSA' ? null : 'sha256';
  const key =
    algorithm === 'ES256'
      ? ({ key: publicKey, dsaEncoding: 'ieee-p1363' } as const)
      : algorithm === 'PS256'
        ? {
            key: publicKey,
            padding: constants.RSA_PKCS1_PSS_PADDING,
            saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
          }
        : publicKey;
  return () => {
    const start = process.hrtime.bigint();
    for (const { data, signature } of inputs) {
      if (!verify(digest, data, key, signature)) throw new Error('the token does not verify');
    }
    return microseconds(start);
  };
}

async function createVerifier(
  key: SigningKey,
  maxCachedTokens: number,
): Promise<AccessTokenVerifier> {
  const module = await Test.createTestingModule({
    imports: [
      AuthModule.forRoot({
        trusts: [
          {
            issuer: ISSUER,
            audience: AUDIENCE,
            algorithms: [key.algorithm],
            jwks: { keys: [key.jwk] },
          },
        ],
        maxCachedTokens,
      }),
    ],
  }).compile();
  return module.get(AccessTokenVerifier);
}
