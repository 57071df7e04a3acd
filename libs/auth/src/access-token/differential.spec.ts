/**
 * Differential fuzz against jose, with equal settings. Whatever jose refuses we refuse; whatever we
 * refuse beyond jose breaks one of the rules listed here. `KEYWARD_FUZZ_RUNS` sets the number of
 * tokens (default 6000); the seed is fixed, so that a failure can be had again.
 */
import fc from 'fast-check';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import {
  AUDIENCE,
  ISSUER,
  NOW,
  outcomeOf,
  trustIn,
  verifierOf,
} from '../spec-support/access-token.fixture.js';
import { bakeToken } from '../spec-support/bake-token.js';
import { generateSigningKey } from '../testing/signing-key.js';
import { tokenRecipe } from '../spec-support/token-recipe.js';

const RUNS = Number(process.env['KEYWARD_FUZZ_RUNS'] ?? 6000);
const SEED = 7515;

const listed = (['ES256', 'RS256', 'PS256', 'EdDSA'] as const).map((alg) =>
  generateSigningKey(alg),
);
const unlisted = generateSigningKey('ES256', 'unlisted');
const algorithms = listed.map(({ alg }) => alg);
const jwks = createLocalJWKSet({
  keys: listed.map(({ publicJwk }) => publicJwk),
} as unknown as JSONWebKeySet);

/** The rules by which we refuse tokens that jose accepts, each with its reason for being there. */
const BEYOND_JOSE: Readonly<Record<string, string>> = {
  'canonical: critical_header': 'jose lets a critical b64 that is true pass',
  'canonical: duplicate_member': 'the last one wins in JSON.parse, the first one elsewhere',
  'canonical: key_id_missing': 'jose takes the one key that fits the algorithm',
  'canonical: not_a_json_object': 'TextDecoder drops a byte order mark',
  'canonical: not_base64url':
    'atob forgives padding, spare bits and whitespace: many texts, one token',
  'canonical: proto_member': 'a name that some code turns into a prototype',
  'canonical: token_too_long': 'jose has no bound',
  'canonical: unencoded_payload': 'jose ignores a b64 that crit does not list',
  'claims: claim_missing':
    'RFC 9068 section 2.2 requires more claims than RFC 7519, exp among them',
  'claims: claim_type': 'strings are strings and times are whole seconds before the year 10000',
  'claims: issued_in_the_future': 'jose compares iat only where a maximum age is given',
  'claims: lifetime_too_long':
    'a token that outlives the ceiling was not made by the rules of its issuer',
};

async function acceptedByJose(token: string, nowMs: number): Promise<boolean> {
  try {
    await jwtVerify(token, jwks, {
      algorithms,
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: 'at+jwt',
      clockTolerance: 5,
      currentDate: new Date(nowMs),
    });
    return true;
  } catch {
    return false;
  }
}

describe('against jose', () => {
  it('refuses what jose refuses, and beyond that by the listed rules alone', async () => {
    const beyond = new Set<string>();
    let accepted = 0;
    let nowMs = NOW * 1000;
    const verifier = verifierOf([trustIn(listed, { clockToleranceSeconds: 5 })], () => nowMs, {
      maxCachedTokens: 0,
    });
    await fc.assert(
      fc.asyncProperty(tokenRecipe(listed.length), async (recipe) => {
        const token = bakeToken(recipe, { listed, unlisted });
        nowMs = NOW * 1000 + recipe.offsetMs;
        const [ours, joses] = [
          await outcomeOf(verifier, token),
          await acceptedByJose(token, nowMs),
        ];
        if (ours === 'accepted') {
          expect(joses).toBe(true);
          accepted += 1;
        } else if (joses) {
          beyond.add(ours);
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect([...beyond].sort()).toEqual(Object.keys(BEYOND_JOSE).sort());
    // The generator is worth something only while many of its tokens are good.
    expect(accepted).toBeGreaterThan(RUNS / 20);
  }, 600_000);
});
