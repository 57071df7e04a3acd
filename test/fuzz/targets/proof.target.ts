/** DPoP proofs: one that is accepted has a good signature of the key in its own header, by jose. */
import fc from 'fast-check';
import { compactVerify, EmbeddedJWK } from 'jose';
import { DpopProofVerifier, MemoryProofReplayStore, RefusedProofError } from '@keyward/auth';
import { type FuzzTarget, fuzzTarget, Violation } from '../fuzz.target.js';
import { hostileText, mutate, type Mutation, oddJson, seldomMutation } from '../hostile.text.js';
import { SigningKeys } from '../signing.keys.js';

type Member = readonly [name: string, value: unknown];

interface ProofInput {
  readonly header: readonly Member[];
  readonly claims: readonly Member[];
  readonly jwk: readonly Member[];
  readonly proof: Mutation | null;
  readonly otherKey: boolean;
}

const URI = 'https://orders.example/orders';

function few(names: readonly string[]) {
  const value = fc.oneof(
    oddJson,
    fc.constantFrom('ES256', 'none', 'dpop+jwt', 'GET', URI, 'EC', 'P-256'),
  );
  const member = fc.tuple(fc.oneof(fc.constantFrom(...names), hostileText), value);
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(member, { minLength: 1, maxLength: 2 }) },
  );
}

const INPUTS: fc.Arbitrary<ProofInput> = fc.record({
  header: few(['alg', 'typ', 'jwk', 'crit', 'b64', 'kid', 'jku']),
  claims: few(['jti', 'htm', 'htu', 'iat', 'ath', 'nonce', 'exp']),
  jwk: few(['kty', 'crv', 'x', 'y', 'd', 'n', 'e', 'k', 'use', 'key_ops']),
  proof: seldomMutation,
  otherKey: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
});

export const proofTarget: FuzzTarget = fuzzTarget<ProofInput>({
  name: 'proof',
  share: 5,
  parallel: 1,
  open() {
    const keys = new SigningKeys(['ES256', 'ES256']);
    const verifier = new DpopProofVerifier({ replays: new MemoryProofReplayStore() });
    let serial = 0;
    return Promise.resolve({
      inputs: INPUTS,
      async check(input: ProofInput) {
        const [ours = {}] = keys.publicJwks;
        const { kty, crv, x, y } = ours;
        const jwk = objectOf({ kty, crv, x, y }, input.jwk);
        const iat = Math.floor(Date.now() / 1000);
        const claims = { jti: `proof-${(serial += 1)}`, htm: 'GET', htu: URI, iat };
        const signed = [
          objectOf({ alg: 'ES256', typ: 'dpop+jwt', jwk }, input.header),
          objectOf(claims, input.claims),
        ]
          .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
          .join('.');
        const whole = `${signed}.${keys.at(input.otherKey ? 1 : 0).sign(signed)}`;
        const proof = input.proof === null ? whole : mutate(whole, input.proof);
        try {
          await verifier.verify(proof, { method: 'GET', uris: [URI] });
        } catch (error) {
          if (error instanceof RefusedProofError) return error.reason;
          throw error;
        }
        await compactVerify(proof, EmbeddedJWK).catch((error: unknown) => {
          throw new Violation(`accepted, but by jose refused: ${String(error)}`);
        });
        return 'accepted';
      },
      close: () => Promise.resolve(),
    });
  },
});

function objectOf(good: object, others: readonly Member[]): object {
  return Object.fromEntries([...Object.entries(good), ...others]);
}
