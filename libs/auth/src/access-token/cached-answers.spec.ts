/** A verifier with the cache and one without give the same answer at every instant. */
import fc from 'fast-check';
import { KeySource, type KeySourceState } from '../jwks/key-source.js';
import { importPublicJwk } from '../jws/jwk-import.js';
import { type VerificationKey } from '../jws/verification-key.js';
import { AUDIENCE, CLAIMS, forgeToken, ISSUER, NOW } from '../spec-support/access-token.fixture.js';
import { providerFixture } from '../spec-support/provider.fixture.js';
import { generateSigningKey, type SigningKey } from '../testing/signing-key.js';
import { Trust } from '../trust/trust.js';
import { AccessTokenVerifier } from './access-token.verifier.js';
import { KeysUnavailableError, RefusedTokenError } from './refusal.js';

const K1 = generateSigningKey('ES256', 'k');
const K2 = generateSigningKey('ES256', 'k');

function imported(key: SigningKey): VerificationKey {
  const made = importPublicJwk(key.publicJwk, ['ES256']);
  if (made === undefined) throw new Error('not imported');
  return made;
}

/** A source whose one key a test replaces, removes, or puts out of reach. */
class TurnableKeySource extends KeySource {
  state(): KeySourceState {
    return { status: 'fresh', keys: 1 };
  }

  key: VerificationKey | undefined = imported(K1);
  overdue = false;
  reachable = true;

  current(kid: string | undefined): VerificationKey | undefined {
    return kid === 'k' && !this.overdue ? this.key : undefined;
  }

  resolve(kid: string | undefined): Promise<VerificationKey | undefined> {
    if (!this.reachable) return Promise.reject(new KeysUnavailableError(ISSUER, 'down', 1));
    return Promise.resolve(kid === 'k' ? this.key : undefined);
  }

  revoke(): void {
    this.key = undefined;
  }
}

const CHANGES = [
  'none',
  'replaced',
  'rewritten',
  'removed',
  'restored',
  'overdue',
  'in time',
] as const;

function change(source: TurnableKeySource, what: (typeof CHANGES)[number] | 'down' | 'up'): void {
  if (what === 'replaced') source.key = imported(K2);
  if (what === 'rewritten') source.key = imported(K1);
  if (what === 'removed') source.key = undefined;
  if (what === 'restored') source.key = imported(K1);
  if (what === 'overdue') source.overdue = true;
  if (what === 'in time') source.overdue = false;
  if (what === 'down') source.reachable = false;
  if (what === 'up') source.reachable = true;
}

async function answerOf(verifier: AccessTokenVerifier, token: string): Promise<unknown> {
  try {
    return { principal: await verifier.verify(token) };
  } catch (error) {
    if (!(error instanceof RefusedTokenError || error instanceof KeysUnavailableError)) throw error;
    const { stage, reason, detail, issuer } = error;
    return { stage, reason, detail, issuer };
  }
}

const seconds = fc.integer({ min: NOW - 40, max: NOW + 40 });

const TOKEN = fc.record(
  { exp: seconds, nbf: seconds, iat: seconds, sub: fc.constantFrom('alice', 'bob', '') },
  { requiredKeys: ['exp', 'iat', 'sub'] },
);

describe('cached and uncached answers', () => {
  it('are the same around exp, nbf and iat, and whatever becomes of the key', async () => {
    let hits = 0;
    const refusals = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        TOKEN,
        fc.integer({ min: 0, max: 10 }),
        fc.array(
          fc.tuple(
            fc.constantFrom<'exp' | 'nbf' | 'iat'>('exp', 'nbf', 'iat'),
            fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: -30_000, max: 30_000 })),
            fc.boolean(),
            fc.constantFrom(...CHANGES, 'none', 'none', 'down', 'up'),
          ),
          { minLength: 2, maxLength: 15 },
        ),
        async (times, tolerance, steps) => {
          let nowMs = NOW * 1000;
          const source = new TurnableKeySource();
          const rules = { issuer: ISSUER, audience: AUDIENCE, clockToleranceSeconds: tolerance };
          const trusts = new Map([[ISSUER, new Trust(rules, ['ES256'], source)]]);
          const clock = (): number => nowMs;
          const cached = new AccessTokenVerifier(trusts, { maxCachedTokens: 2 }, clock);
          const uncached = new AccessTokenVerifier(trusts, { maxCachedTokens: 0 }, clock);
          const token = forgeToken(K1, { payload: { ...CLAIMS, ...times } });
          for (const [claim, offsetMs, later, what] of steps) {
            change(source, what);
            // Around the instant itself, and around where the tolerance moves it.
            const moved = claim === 'exp' ? tolerance : -tolerance;
            nowMs = ((times[claim] ?? NOW) + (later ? moved : 0)) * 1000 + offsetMs;
            const answer = await answerOf(uncached, token);
            expect(await answerOf(cached, token)).toEqual(answer);
            refusals.add((answer as { reason?: string }).reason ?? 'accepted');
          }
          hits += cached.cacheStatistics().hits;
        },
      ),
      { numRuns: 1000, seed: 9068 },
    );
    // Both sides of every edge have to be met, or the property says nothing.
    expect([...refusals].sort()).toEqual([
      'accepted',
      'claim_type',
      'expired',
      'issued_in_the_future',
      'key_unknown',
      'keys_unavailable',
      'not_yet_valid',
      'signature_mismatch',
    ]);
    expect(hits).toBeGreaterThan(1000);
  });

  it.each([
    ['the last millisecond before exp and its tolerance', 304_999, 'accepted'],
    ['that instant', 305_000, 'expired'],
    ['the first millisecond of nbf less its tolerance', -5000, 'accepted'],
    ['the one before', -5001, 'not_yet_valid'],
  ])('at %s are the same', async (_, offsetMs, expected) => {
    let nowMs = NOW * 1000;
    const trust = new Trust(
      { issuer: ISSUER, audience: AUDIENCE },
      ['ES256'],
      new TurnableKeySource(),
    );
    const verifier = new AccessTokenVerifier(new Map([[ISSUER, trust]]), {}, () => nowMs);
    const token = forgeToken(K1, { payload: { ...CLAIMS, nbf: NOW } });
    await verifier.verify(token);
    nowMs += offsetMs;
    expect(verifier.cacheStatistics().entries).toBe(1);
    const answer = (await answerOf(verifier, token)) as { reason?: string };
    expect(answer.reason ?? 'accepted').toBe(expected);
  });
});

describe('with the keys of a real server', () => {
  it('a cached token stops at once when its key is removed, and not when it is only fetched again', async () => {
    const { server, provider, clock } = await providerFixture({ maxStaleSeconds: 0 });
    try {
      const rules = { issuer: ISSUER, audience: AUDIENCE, maxLifetimeSeconds: 1e6 };
      const trusts = new Map([[ISSUER, new Trust(rules, ['ES256'], provider)]]);
      const verifier = new AccessTokenVerifier(trusts, {}, clock.read);
      const token = forgeToken(K1, { payload: { ...CLAIMS, exp: NOW + 10_000 } });
      server.publish([K1.publicJwk]);
      await verifier.verify(token);
      clock.advanceSeconds(700);
      await verifier.verify(token);
      await verifier.verify(token);
      expect(verifier.cacheStatistics()).toMatchObject({ entries: 1 });
      server.publish([K2.publicJwk]);
      clock.advanceSeconds(700);
      expect(await answerOf(verifier, token)).toMatchObject({ reason: 'signature_mismatch' });
      server.publish([generateSigningKey('ES256', 'another').publicJwk]);
      clock.advanceSeconds(700);
      expect(await answerOf(verifier, token)).toMatchObject({ reason: 'key_unknown' });
      expect(verifier.cacheStatistics()).toMatchObject({ entries: 0 });
    } finally {
      await server.close();
    }
  });
});
