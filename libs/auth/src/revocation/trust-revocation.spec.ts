import { RefusedTokenError, RevocationsUnavailableError } from '../access-token/refusal.js';
import {
  CLAIMS,
  forgeToken,
  ISSUER,
  NOW,
  trustIn,
  verifierOf,
} from '../spec-support/access-token.fixture.js';
import { eventually, ScriptedFeed } from '../spec-support/scripted-feed.js';
import { generateSigningKey } from '../testing/signing-key.js';
import { RevocationFeed } from './revocation.feed.js';
import { type RevocationOptions } from './revocation.options.js';
import { TokenStatus } from './token.status.js';

const KEY = generateSigningKey('ES256');
const EXP = NOW + 400;

class ScriptedStatus extends TokenStatus {
  active: boolean | Error = true;

  async isActive(): Promise<boolean> {
    if (this.active instanceof Error) throw this.active;
    return this.active;
  }
}

describe('a trust that follows a revocation feed', () => {
  let source: ScriptedFeed;
  let feed: RevocationFeed;
  let nowMs: number;
  beforeEach(() => {
    nowMs = NOW * 1000;
    source = new ScriptedFeed();
    feed = new RevocationFeed({ source, clock: () => nowMs });
  });
  afterEach(() => feed.stop());

  const verifier = (more: Partial<RevocationOptions> = {}, maxCachedTokens = 100) => {
    const made = verifierOf([trustIn([KEY], { revocation: { feed, ...more } })], () => nowMs, {
      maxCachedTokens,
    });
    made.followRevocations();
    return made;
  };
  const replayed = async () => {
    source.start();
    source.beat();
    await eventually(() => feed.state().replayed);
  };
  const token = (more = {}) => forgeToken(KEY, { payload: { ...CLAIMS, grant_id: 'g1', ...more } });
  const outcome = async (verify: () => unknown): Promise<string> => {
    try {
      await verify();
      return 'accepted';
    } catch (error) {
      if (error instanceof RefusedTokenError) return error.reason;
      if (error instanceof RevocationsUnavailableError) return error.reason;
      throw error;
    }
  };

  it.each([
    ['jti', 'token-1', undefined],
    ['grant', 'g1', undefined],
    ['client', 'shop', NOW],
    ['kid', KEY.kid ?? '', undefined],
  ] as const)('refuses at once what a %s revokes, cached or not', async (kind, value, before) => {
    const [cached, uncached] = [verifier(), verifier({}, 0)];
    await replayed();
    for (const each of [cached, uncached]) {
      expect(await outcome(() => each.verify(token()))).toBe('accepted');
    }
    source.revoke(kind, value, EXP, before);
    await eventually(() => feed.state().entries === 1);
    for (const each of [cached, uncached]) {
      const refused = await outcome(() => each.verifyOffThread(token()));
      // A key that is no more cannot even be told from one that never was.
      expect(refused).toBe(kind === 'kid' ? 'key_unknown' : 'revoked');
    }
  });

  it('accepts what the client got afterwards, and what another grant gave', async () => {
    const made = verifier();
    await replayed();
    source.revoke('client', 'shop', EXP, NOW - 1);
    source.revoke('grant', 'g2', EXP);
    await eventually(() => feed.state().entries === 2);
    expect(await outcome(() => made.verify(token()))).toBe('accepted');
    expect(await outcome(() => made.verify(token({ grant_id: 'g2' })))).toBe('revoked');
  });

  it.each([
    ['accept', 'accepted', 'accepted'],
    ['reject', 'revocations_unavailable', 'accepted'],
  ] as const)('with %s: %s before the replay, %s after it', async (whenStale, before, after) => {
    const made = verifier({ whenStale });
    expect(await outcome(() => made.verify(token()))).toBe(before);
    await replayed();
    expect(await outcome(() => made.verify(token()))).toBe(after);
    nowMs += 61_000;
    expect(await outcome(() => made.verify(token()))).toBe(before);
    expect(made.revocationStates().get(ISSUER)).toMatchObject({ stale: true, ageSeconds: 61 });
  });

  it('with reject asks nobody, whatever else the trust would ask', async () => {
    const introspection = { isActive: () => Promise.reject(new Error('asked')) };
    const made = verifier({ whenStale: 'reject', introspection });
    expect(await outcome(() => made.verify(token()))).toBe('revocations_unavailable');
    await replayed();
    expect(await outcome(() => made.verify(token()))).toBe('accepted');
  });

  it('with accept still refuses what it knows to be revoked', async () => {
    const made = verifier();
    await replayed();
    source.revoke('grant', 'g1', EXP);
    await eventually(() => feed.state().entries === 1);
    nowMs += 100_000;
    expect(await outcome(() => made.verify(token()))).toBe('revoked');
  });

  it('with introspect asks the issuer while the feed is stale, and only then', async () => {
    const introspection = new ScriptedStatus();
    const made = verifier({ whenStale: 'introspect', introspection });
    expect(await outcome(() => made.verify(token()))).toBe('accepted');
    introspection.active = false;
    expect(await outcome(() => made.verify(token()))).toBe('revoked');
    introspection.active = new Error('down');
    expect(await outcome(() => made.verify(token()))).toBe('revocations_unavailable');
    await replayed();
    expect(await outcome(() => made.verify(token()))).toBe('accepted');
  });

  it.each([
    ['introspect without an introspection', { whenStale: 'introspect' }, /needs `introspection`/],
    ['no time', { maxStalenessSeconds: 0 }, /maxStalenessSeconds/],
    ['time that is none', { maxStalenessSeconds: Number.NaN }, /maxStalenessSeconds/],
    ['another policy', { whenStale: 'ignore' }, /whenStale/],
  ])('does not start with %s', (_, more, problem) => {
    expect(() => verifier(more as Partial<RevocationOptions>)).toThrow(problem);
  });
});
