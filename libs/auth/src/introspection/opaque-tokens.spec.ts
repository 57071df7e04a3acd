/** Tokens that only their issuer can read, and JWTs that it is asked about besides. */
import { IntrospectionUnavailableError, RefusedTokenError } from '../access-token/refusal.js';
import { type AccessTokenVerifier } from '../access-token/access-token.verifier.js';
import { isIntrospected } from '../principal/principal.js';
import {
  AUDIENCE,
  CLAIMS,
  forgeToken,
  ISSUER,
  NOW,
  SILENT,
  trustIn,
  verifierOf,
} from '../spec-support/access-token.fixture.js';
import { IntrospectionServer } from '../spec-support/introspection-server.js';
import { RevocationFeed } from '../revocation/revocation.feed.js';
import { ScriptedFeed } from '../spec-support/scripted-feed.js';
import { generateSigningKey } from '../testing/signing-key.js';
import { type TrustOptions } from '../trust/trust.options.js';
import { createTrusts } from '../trust/trusts.js';
import { type IntrospectionOptions } from './introspection.options.js';

const KEY = generateSigningKey('ES256');
const OTHER = 'https://other.example';
const BOUND = { cnf: { jkt: 'thumbprint' } };
const LIVE = { active: true, ...CLAIMS, token_type: 'Bearer' };

describe('tokens that their issuer is asked about', () => {
  let server: IntrospectionServer;
  let second: IntrospectionServer;
  let nowMs: number;
  beforeEach(async () => {
    [server, second] = await Promise.all([
      IntrospectionServer.start(),
      IntrospectionServer.start(),
    ]);
    nowMs = NOW * 1000;
  });
  afterEach(() => Promise.all([server.close(), second.close()]));

  const introspection = (
    at: IntrospectionServer,
    more: Partial<IntrospectionOptions> = {},
  ): IntrospectionOptions => ({
    endpoint: at.endpoint,
    client: { clientId: 'orders', clientSecret: 's' },
    ...more,
  });
  const opaqueTrust = (
    rules: Partial<TrustOptions> = {},
    more: Partial<IntrospectionOptions> = {},
  ): TrustOptions =>
    ({
      issuer: ISSUER,
      audience: AUDIENCE,
      tokens: 'opaque',
      introspection: introspection(server, more),
      ...rules,
    }) as TrustOptions;
  const otherTrust = (more: Partial<IntrospectionOptions> = {}): TrustOptions =>
    opaqueTrust({ issuer: OTHER, introspection: introspection(second, more) });
  const verifier = (...trusts: TrustOptions[]): AccessTokenVerifier =>
    verifierOf(trusts, () => nowMs);
  const refusalOf = async (work: () => unknown): Promise<string> => {
    try {
      await work();
    } catch (error) {
      if (error instanceof RefusedTokenError || error instanceof IntrospectionUnavailableError) {
        return `${error.stage}: ${error.reason}`;
      }
      throw error;
    }
    return 'accepted';
  };

  describe('an opaque token', () => {
    it('becomes the same principal as a JWT with these claims', async () => {
      server.say('opaque', LIVE);
      const fromOpaque = await verifier(opaqueTrust()).verify('opaque');
      const fromJwt = await verifier(trustIn([KEY])).verify(forgeToken(KEY));
      expect({ ...fromOpaque, claims: null }).toEqual({ ...fromJwt, claims: null });
      expect(fromOpaque.claims).toEqual(LIVE);
      expect(Object.isFrozen(fromOpaque.claims)).toBe(true);
    });

    it('is remembered as one principal, until its answer is too old', async () => {
      server.say('opaque', LIVE);
      const verify = verifier(opaqueTrust({}, { maxCacheSeconds: 10 }));
      const first = await verify.verify('opaque');
      expect(verify.verifyOffThread('opaque')).toBe(first);
      nowMs += 10_000;
      server.say('opaque', { active: false });
      expect(await refusalOf(() => verify.verify('opaque'))).toBe('introspection: inactive');
    });

    it.each<[string, string, object]>([
      ['is inactive', 'introspection: inactive', { active: false }],
      ['is inactive whatever else is said', 'introspection: inactive', { ...LIVE, active: false }],
      ['names another issuer', 'introspection: introspection_mismatch', { ...LIVE, iss: OTHER }],
      ['is for someone else', 'claims: audience', { ...LIVE, aud: 'https://billing.example' }],
      ['does not say for whom it is', 'claims: claim_missing', { ...LIVE, aud: undefined }],
      ['has an empty audience', 'claims: claim_type', { ...LIVE, aud: [] }],
      ['does not say when it ends', 'claims: claim_missing', { ...LIVE, exp: undefined }],
      ['has an end that is text', 'claims: claim_type', { ...LIVE, exp: String(NOW + 300) }],
      ['has ended, whatever its issuer says', 'claims: expired', { ...LIVE, exp: NOW - 5 }],
      ['is not valid yet', 'claims: not_yet_valid', { ...LIVE, nbf: NOW + 6 }],
      ['lives too long', 'claims: lifetime_too_long', { ...LIVE, exp: NOW + 3601 }],
      ['has no subject', 'claims: claim_missing', { ...LIVE, sub: undefined }],
      ['has no client', 'claims: claim_missing', { ...LIVE, client_id: undefined }],
      ['has a scope that is a number', 'claims: claim_type', { ...LIVE, scope: 1 }],
      ['is a refresh token', 'introspection: token_type', { ...LIVE, token_type: 'refresh_token' }],
      [
        'has a type that is no text',
        'introspection: token_type',
        { ...LIVE, token_type: ['Bearer'] },
      ],
      ['is bound to a key unknown', 'introspection: token_type', { ...LIVE, token_type: 'DPoP' }],
    ])('is refused where it %s', async (_, expected, answer) => {
      server.say('opaque', answer);
      const verify = verifier(opaqueTrust());
      // The second answer comes from the cache, and must be the same.
      expect(await refusalOf(() => verify.verify('opaque'))).toBe(expected);
      expect(await refusalOf(() => verify.verify('opaque'))).toBe(expected);
    });

    it.each<[string, object]>([
      ['an audience among others', { aud: ['https://a.example', AUDIENCE] }],
      ['no issuer', { iss: undefined }],
      ['no type', { token_type: undefined }],
      ['a type in small letters', { token_type: 'bearer' }],
      ['no scope', { scope: undefined }],
    ])('is accepted with %s', async (_, members) => {
      server.say('opaque', { ...LIVE, ...members });
      expect(await refusalOf(() => verifier(opaqueTrust()).verify('opaque'))).toBe('accepted');
    });

    it('is 503 and not 401 while its issuer is down', async () => {
      server.reply = (__, response) => response.destroy();
      expect(await refusalOf(() => verifier(opaqueTrust()).verify('opaque'))).toBe(
        'introspection: introspection_unavailable',
      );
    });

    it('is refused by its length before anyone is asked', async () => {
      const verify = verifier(opaqueTrust());
      for (const work of [
        () => verify.verify('x'.repeat(8193)),
        () => verify.introspect('x'.repeat(8193), 0),
      ]) {
        expect(await refusalOf(work)).toBe('canonical: token_too_long');
      }
      expect(server.count).toBe(0);
    });

    it('is read by the mapping and the rule of its trust', async () => {
      server.say('opaque', { ...LIVE, scope: undefined, scp: ['a', 'b'], groups: ['staff'] });
      const rules = { claims: { scopes: ['scp'], roles: ['groups'] } };
      expect(await verifier(opaqueTrust(rules)).verify('opaque')).toMatchObject({
        scopes: ['a', 'b'],
        roles: ['staff'],
      });
      const never = opaqueTrust({ validate: () => 'no' });
      expect(await refusalOf(() => verifier(never).verify('opaque'))).toBe('claims: custom_rule');
    });
  });

  describe('goes to one issuer at most', () => {
    const jwt = forgeToken(KEY);
    const [header = '', payload = '', signature = ''] = jwt.split('.');
    const spaced = Buffer.from(' \n{"alg":"ES256"}').toString('base64url');

    it.each<[string, string]>([
      ['of an issuer that is not trusted', jwt],
      ['with another signature', `${header}.${payload}.${'A'.repeat(signature.length)}`],
      ['without a signature', `${header}.${payload}.`],
      ['with a segment missing', `${header}.${payload}`],
      ['with a segment too many', `${jwt}.AAAA`],
      ['in the shape of a JWE', `${header}.AAAA.AAAA.AAAA.AAAA`],
      ['with white space in its header', `${spaced}.${payload}.${signature}`],
      ['with padding', `${header}=.${payload}.${signature}`],
    ])('and so no JWT %s is sent to be introspected', async (_, token) => {
      const verify = verifier(otherTrust());
      expect(await refusalOf(() => verify.verify(token))).not.toBe('accepted');
      expect(await refusalOf(() => verify.introspect(token, 0))).not.toBe('accepted');
      expect(second.count).toBe(0);
    });

    it('and a JWT of an issuer whose tokens are opaque is refused', async () => {
      const verify = verifier(opaqueTrust());
      expect(await refusalOf(() => verify.verify(jwt))).toBe('trust: jwt_not_accepted');
      expect(server.count).toBe(0);
    });

    it('and where an issuer has both kinds, a JWT is verified here and the rest is asked about', async () => {
      server.say('opaque', LIVE);
      const both = trustIn([KEY], { tokens: 'both', introspection: introspection(server) });
      const verify = verifier(both);
      await verify.verify(jwt);
      expect(server.count).toBe(0);
      await verify.verify('opaque');
      expect(server.count).toBe(1);
    });

    it('and a dot alone makes no JWT', async () => {
      server.say('ya29.a0.token', LIVE);
      expect(await refusalOf(() => verifier(opaqueTrust()).verify('ya29.a0.token'))).toBe(
        'accepted',
      );
    });

    it('and a prefix says to which', async () => {
      const trusts = [opaqueTrust(), otherTrust({ tokenPrefix: 'oth_' })];
      server.say('token', LIVE);
      second.say('oth_token', { ...LIVE, iss: OTHER });
      const verify = verifier(...trusts);
      expect(await verify.verify('token')).toMatchObject({ issuer: ISSUER });
      expect(await verify.verify('oth_token')).toMatchObject({ issuer: OTHER });
      expect([server.count, second.count]).toEqual([1, 1]);
    });

    it('and where no prefix fits, nobody is asked', async () => {
      const verify = verifier(opaqueTrust({}, { tokenPrefix: 'kwo_' }));
      expect(await refusalOf(() => verify.verify('token'))).toBe('canonical: not_a_jws');
      expect(server.count).toBe(0);
    });

    it.each([
      ['neither has a prefix', '', ''],
      ['the prefixes are the same', 'a_', 'a_'],
      ['one prefix begins the other', 'a_', 'a_b_'],
    ])('and the start is refused where %s', (_, one, other) => {
      const trusts = [opaqueTrust({}, { tokenPrefix: one }), otherTrust({ tokenPrefix: other })];
      expect(() => verifier(...trusts)).toThrow(/cannot be told apart/);
    });

    it('and the same token at two trusts never meets, concurrent or cached', async () => {
      const [one, other] = [
        ...createTrusts([opaqueTrust(), otherTrust()], SILENT, () => nowMs),
      ].map(([, trust]) => trust.introspection);
      server.say('token', { active: true, sub: 'alice' });
      second.say('token', { active: false });
      const ask = async () => [await one?.introspect('token'), await other?.introspect('token')];
      const rounds = await Promise.all(Array.from({ length: 20 }, ask));
      rounds.push(await ask());
      for (const [first, last] of rounds) {
        expect(first).toMatchObject({ active: true, claims: { sub: 'alice' } });
        expect(last).toMatchObject({ active: false });
      }
      expect([server.count, second.count]).toEqual([1, 1]);
    });
  });

  describe('a JWT that has to be certain', () => {
    const jwt = forgeToken(KEY);
    const certain = (more: Partial<IntrospectionOptions> = {}): AccessTokenVerifier =>
      verifier(trustIn([KEY], { introspection: introspection(server, more) }));

    it('is asked about at every use, and noted as such', async () => {
      server.say(jwt, LIVE);
      const verify = certain();
      const first = await verify.introspect(jwt, 0);
      const again = await verify.introspect(jwt, 0);
      expect(server.count).toBe(2);
      expect(first).not.toBe(again);
      expect([first, again].map(isIntrospected)).toEqual([true, true]);
      expect(isIntrospected(await verify.verify(jwt))).toBe(false);
    });

    it('is asked about no more often than it must', async () => {
      server.say(jwt, LIVE);
      const verify = certain({ maxCacheSeconds: 10 });
      await verify.introspect(jwt, 5);
      nowMs += 4_999;
      await verify.introspect(jwt, 5);
      expect(server.count).toBe(1);
      nowMs += 1;
      await verify.introspect(jwt, 5);
      expect(server.count).toBe(2);
    });

    it('is refused the moment its issuer calls it inactive, also where it is remembered', async () => {
      server.say(jwt, LIVE);
      const verify = certain();
      await verify.introspect(jwt, 0);
      server.say(jwt, { active: false });
      expect(await refusalOf(() => verify.introspect(jwt, 0))).toBe('introspection: inactive');
      expect(await refusalOf(() => verify.verify(jwt))).toBe('accepted');
    });

    it('is not asked about where it is no good in the first place', async () => {
      const forged = `${jwt.slice(0, -8)}AAAAAAAA`;
      expect(await refusalOf(() => certain().introspect(forged, 0))).toBe(
        'signature: signature_mismatch',
      );
      expect(server.count).toBe(0);
    });

    it('loses the scope that its issuer does not name any more, and gains none', async () => {
      const token = forgeToken(KEY, { payload: { ...CLAIMS, scope: 'orders:read orders:write' } });
      server.say(token, { ...LIVE, scope: 'orders:read orders:delete' });
      expect((await certain().introspect(token, 0)).scopes).toEqual(['orders:read']);
      server.say(token, { active: true });
      expect((await certain().introspect(token, 0)).scopes).toEqual([
        'orders:read',
        'orders:write',
      ]);
    });

    it.each<[string, string, object]>([
      ['of another token', 'introspection: introspection_mismatch', { jti: 'token-2' }],
      ['of another subject', 'introspection: introspection_mismatch', { sub: 'mallory' }],
      ['of another client', 'introspection: introspection_mismatch', { client_id: 'evil' }],
      ['of a key that the token does not name', 'introspection: introspection_mismatch', BOUND],
      ['for another resource', 'claims: audience', { aud: 'https://billing.example' }],
      ['of a token that has ended', 'claims: expired', { exp: NOW - 5 }],
    ])('is refused where the issuer speaks %s', async (_, expected, members) => {
      server.say(jwt, { ...LIVE, ...members });
      expect(await refusalOf(() => certain().introspect(jwt, 0))).toBe(expected);
    });

    it('is 503 where its trust cannot ask', async () => {
      expect(await refusalOf(() => verifier(trustIn([KEY])).introspect(jwt, 0))).toBe(
        'introspection: introspection_unavailable',
      );
    });
  });

  it('is what a trust asks while its feed of revocations is stale', async () => {
    const jwt = forgeToken(KEY);
    const feed = new RevocationFeed({ source: new ScriptedFeed() });
    const verify = verifier(
      trustIn([KEY], {
        introspection: introspection(server),
        revocation: { feed, whenStale: 'introspect' },
      }),
    );
    expect(await refusalOf(() => verify.verify(jwt))).toBe('revocation: revoked');
    server.say(jwt, LIVE);
    nowMs += 2_000;
    expect(await refusalOf(() => verify.verify(jwt))).toBe('accepted');
  });

  it.each<[string, () => TrustOptions]>([
    ['opaque tokens without introspection', () => opaqueTrust({ introspection: undefined })],
    ['a kind of token that there is none of', () => opaqueTrust({ tokens: 'any' as never })],
  ])('does not start with %s', (_, trust) => {
    expect(() => verifier(trust())).toThrow(TypeError);
  });
});
