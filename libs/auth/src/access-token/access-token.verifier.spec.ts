/** Each rule from the header to the claims, broken alone in a token that is otherwise good. */
import { randomBytes } from 'node:crypto';
import {
  AUDIENCE,
  CLAIMS,
  forgeToken,
  ISSUER,
  NOW,
  outcomeOf,
  trustIn,
  verifierOf,
} from '../spec-support/access-token.fixture.js';
import { VERIFIED } from '../principal/principal.js';
import { providerFixture } from '../spec-support/provider.fixture.js';
import { generateSigningKey, hmacBytes } from '../testing/signing-key.js';
import { Trust } from '../trust/trust.js';
import { AccessTokenVerifier } from './access-token.verifier.js';

const ES = generateSigningKey('ES256', 'es');
const RS = generateSigningKey('RS256', 'rs');
const STRANGER = generateSigningKey('ES256', 'es');
const HEADER = { alg: 'ES256', kid: 'es', typ: 'at+jwt' };

const verifier = verifierOf([trustIn([ES, RS])]);
const header = (parts: object): string => forgeToken(ES, { header: { ...HEADER, ...parts } });
const claims = (parts: object): string => forgeToken(ES, { payload: { ...CLAIMS, ...parts } });

describe('a good token', () => {
  it.each([
    ['with every claim of RFC 9068', forgeToken(ES)],
    ['of another key of the issuer', forgeToken(RS)],
    ['whose typ is written in full', header({ typ: 'application/at+jwt' })],
    ['whose typ is in capitals', header({ typ: 'AT+JWT' })],
    [
      'with keys in its header, which are not looked at',
      header({ jwk: STRANGER.publicJwk, jku: 'https://evil.example', x5c: ['AA'] }),
    ],
    ['for several audiences', claims({ aud: ['https://other.example', AUDIENCE] })],
    ['without scope', claims({ scope: undefined })],
    ['that expires in this second plus the tolerance', claims({ exp: NOW - 4 })],
    ['of a clock that is ahead within the tolerance', claims({ iat: NOW + 5, nbf: NOW + 5 })],
    ['that lives as long as the ceiling', claims({ exp: NOW + 3600 })],
  ])('%s is accepted', async (_, token) => {
    expect(await outcomeOf(verifier, token)).toBe('accepted');
  });

  it('becomes a principal that is frozen at every depth', async () => {
    const token = claims({ grant_id: 'g1', scope: 'a b a', act: { sub: 'x' }, amr: ['pwd'] });
    const principal = await verifier.verify(token);
    expect(principal).toEqual({
      [VERIFIED]: true,
      issuer: ISSUER,
      subject: 'alice',
      clientId: 'shop',
      audience: [AUDIENCE],
      scopes: ['a', 'b'],
      roles: [],
      authorizationDetails: [],
      tokenId: 'token-1',
      grantId: 'g1',
      expiresAt: NOW + 300,
      issuedAt: NOW,
      claims: { ...CLAIMS, grant_id: 'g1', scope: 'a b a', act: { sub: 'x' }, amr: ['pwd'] },
    });
    const parts: unknown[] = [principal, principal.scopes, principal.roles, principal.audience];
    parts.push(principal.authorizationDetails);
    for (const part of [
      ...parts,
      principal.claims,
      principal.claims['act'],
      principal.claims['amr'],
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });
});

describe('a header', () => {
  it.each([
    ['alg none', { alg: 'none' }, 'algorithm_not_allowed'],
    ['alg None', { alg: 'None' }, 'algorithm_not_allowed'],
    ['alg nOnE', { alg: 'nOnE' }, 'algorithm_not_allowed'],
    ['an empty alg', { alg: '' }, 'algorithm_not_allowed'],
    ['alg in lower case', { alg: 'es256' }, 'algorithm_not_allowed'],
    ['an algorithm that the trust does not list', { alg: 'ES384' }, 'algorithm_not_allowed'],
    ['HS256', { alg: 'HS256' }, 'algorithm_not_allowed'],
    ['a name of Object.prototype as alg', { alg: 'constructor' }, 'algorithm_not_allowed'],
    ['no alg', { alg: undefined }, 'algorithm_type'],
    ['alg as an array', { alg: ['ES256'] }, 'algorithm_type'],
    ['alg null', { alg: null }, 'algorithm_type'],
    ['typ JWT', { typ: 'JWT' }, 'typ_not_allowed'],
    ['no typ', { typ: undefined }, 'typ_not_allowed'],
    ['typ null', { typ: null }, 'typ_not_allowed'],
    ['an empty typ', { typ: '' }, 'typ_not_allowed'],
    ['typ of a logout token', { typ: 'logout+jwt' }, 'typ_not_allowed'],
    ['typ of a DPoP proof', { typ: 'dpop+jwt' }, 'typ_not_allowed'],
    ['typ with a parameter', { typ: 'at+jwt; v=1' }, 'typ_not_allowed'],
    ['typ as an array', { typ: ['at+jwt'] }, 'typ_not_allowed'],
    ['a kid that is a number', { kid: 1 }, 'key_id_type'],
    ['a kid that is null', { kid: null }, 'key_id_type'],
    ['a kid that is an object', { kid: {} }, 'key_id_type'],
    ['a kid of 257 characters', { kid: 'k'.repeat(257) }, 'key_id_type'],
    ['no kid, where there are several keys', { kid: undefined }, 'key_id_missing'],
  ])('with %s is refused', async (_, parts, reason) => {
    expect(await outcomeOf(verifier, header(parts))).toBe(`canonical: ${reason}`);
  });

  it.each([
    ['an unknown kid', { kid: 'nobody' }, 'key: key_unknown'],
    ['an empty kid', { kid: '' }, 'key: key_unknown'],
    ['a path for a kid', { kid: '../../dev/null' }, 'key: key_unknown'],
    ['SQL for a kid', { kid: "' OR 1=1 --" }, 'key: key_unknown'],
    ['__proto__ for a kid', { kid: '__proto__' }, 'key: key_unknown'],
    ['the kid of a key for another algorithm', { kid: 'rs' }, 'key: key_algorithm'],
    ['an algorithm of another key', { alg: 'RS256' }, 'key: key_algorithm'],
  ])('with %s finds no key', async (_, parts, outcome) => {
    expect(await outcomeOf(verifier, header(parts))).toBe(outcome);
  });
});

describe('claims', () => {
  const wrong = (...values: unknown[]): unknown[] => values;
  const STRINGS = wrong('', 1, null, true, [], ['x'], {});
  const TIMES = wrong(
    '1',
    null,
    true,
    [NOW],
    {},
    NOW + 0.5,
    -1,
    1e308,
    NOW * 1000,
    253_402_300_800,
  );
  const table: readonly [string, unknown, string][] = [
    ...['sub', 'jti', 'client_id', 'grant_id'].flatMap((name) =>
      STRINGS.map((value): [string, unknown, string] => [name, value, 'claim_type']),
    ),
    ...['exp', 'nbf', 'iat'].flatMap((name) =>
      TIMES.map((value): [string, unknown, string] => [name, value, 'claim_type']),
    ),
    ...wrong('', [], [1], [AUDIENCE, 1], [AUDIENCE, ''], {}, null, 1).map(
      (value): [string, unknown, string] => ['aud', value, 'claim_type'],
    ),
    ...['exp', 'iat', 'sub', 'jti', 'client_id', 'aud'].map((name): [string, unknown, string] => [
      name,
      undefined,
      'claim_missing',
    ]),
    ...wrong('https://other.example', `${AUDIENCE}/`, AUDIENCE.toUpperCase(), ['a', 'b']).map(
      (value): [string, unknown, string] => ['aud', value, 'audience'],
    ),
    ...wrong(1, null, {}, ['a', 1]).map((value): [string, unknown, string] => [
      'scope',
      value,
      'claim_type',
    ]),
    ['exp', NOW - 5, 'expired'],
    ['exp', 0, 'expired'],
    ['nbf', NOW + 6, 'not_yet_valid'],
    ['iat', NOW + 6, 'issued_in_the_future'],
    ['exp', NOW + 3601, 'lifetime_too_long'],
    ['iat', 0, 'lifetime_too_long'],
  ];

  it.each(table)('with %s = %j are refused: %s', async (name, value, reason) => {
    expect(await outcomeOf(verifier, claims({ [name]: value }))).toBe(`claims: ${reason}`);
  });

  it.each([
    [undefined, 'issuer_type'],
    [null, 'issuer_type'],
    [[ISSUER], 'issuer_type'],
    [1, 'issuer_type'],
    ['', 'issuer_not_trusted'],
    [`${ISSUER}/`, 'issuer_not_trusted'],
    ['__proto__', 'issuer_not_trusted'],
  ])('with iss = %j lead to no trust', async (iss, reason) => {
    expect(await outcomeOf(verifier, claims({ iss }))).toBe(`trust: ${reason}`);
  });

  it.each([
    [NOW + 3605, 'accepted'],
    [NOW + 3606, 'claims: lifetime_too_long'],
  ])('without iat, where none is required, and with exp = %d are %s', async (exp, outcome) => {
    const lax = verifierOf([{ ...trustIn([ES]), requiredClaims: ['sub'] }]);
    expect(await outcomeOf(lax, claims({ iat: undefined, exp }))).toBe(outcome);
  });

  it('are looked at only once the signature is right', async () => {
    const forged = forgeToken(STRANGER, { payload: { ...CLAIMS, exp: 1, aud: 'other' } });
    expect(await outcomeOf(verifier, forged)).toBe('signature: signature_mismatch');
  });
});

describe('several issuers', () => {
  const other = { ...trustIn([STRANGER]), issuer: 'https://other.example' };

  it.each([
    ['in one order', [trustIn([ES]), other]],
    ['in the other', [other, trustIn([ES])]],
  ])('may use the same kid, %s, and never meet', async (_, trusts) => {
    const both = verifierOf(trusts);
    const payload = { ...CLAIMS, iss: other.issuer };
    expect(await outcomeOf(both, forgeToken(ES))).toBe('accepted');
    expect(await outcomeOf(both, forgeToken(STRANGER, { payload }))).toBe('accepted');
    expect(await outcomeOf(both, forgeToken(STRANGER))).toBe('signature: signature_mismatch');
    expect(await outcomeOf(both, forgeToken(ES, { payload }))).toBe(
      'signature: signature_mismatch',
    );
  });
});

describe('key confusion', () => {
  const jwk = { ...ES.publicJwk };
  const secrets: readonly [string, string | Uint8Array][] = [
    ['PEM', RS.publicKey.export({ type: 'spki', format: 'pem' }) as string],
    ['DER', RS.publicKey.export({ type: 'spki', format: 'der' })],
    ['JWK', JSON.stringify(jwk)],
    ['nothing', ''],
    ['a zero byte', '\0'],
  ];

  it.each(secrets)('HS256 with %s as the secret is refused', async (_, secret) => {
    const input = forgeToken(ES, { header: { ...HEADER, alg: 'HS256' } }).replace(/\.[^.]*$/, '');
    const token = `${input}.${hmacBytes(secret, Buffer.from(input)).toString('base64url')}`;
    expect(await outcomeOf(verifier, token)).toBe('canonical: algorithm_not_allowed');
  });

  it('a trust with a secret accepts its HMAC, whatever the kid, and nothing asymmetric', async () => {
    const secret = randomBytes(32);
    const shared = verifierOf([
      { issuer: ISSUER, audience: AUDIENCE, algorithms: ['HS256'], secret },
    ]);
    const input = forgeToken(ES, { header: { ...HEADER, alg: 'HS256' } }).replace(/\.[^.]*$/, '');
    const token = `${input}.${hmacBytes(secret, Buffer.from(input)).toString('base64url')}`;
    expect(await outcomeOf(shared, token)).toBe('accepted');
    expect(await outcomeOf(shared, forgeToken(ES))).toBe('canonical: algorithm_not_allowed');
  });
});

describe('the limits', () => {
  it('refuse a token of one character more than allowed before reading it', async () => {
    expect(await outcomeOf(verifier, 'x'.repeat(8193))).toBe('canonical: token_too_long');
    expect(await outcomeOf(verifier, 'x'.repeat(8192))).toBe('canonical: not_a_jws');
    const small = verifierOf([trustIn([ES])], undefined, { maxTokenBytes: 100 });
    expect(await outcomeOf(small, forgeToken(ES))).toBe('canonical: token_too_long');
  });

  it.each([
    ['the default', 8192, 2500],
    ['a large', 200_000, 50_000],
  ])(
    'take the deepest payload that fits %s limit to an answer',
    async (_, maxTokenBytes, levels) => {
      const wide = verifierOf([trustIn([ES])], undefined, { maxTokenBytes });
      const open = JSON.stringify(CLAIMS).slice(0, -1);
      const payload = `${open},"x":${'['.repeat(levels)}${']'.repeat(levels)}}`;
      expect(await outcomeOf(wide, forgeToken(ES, { payload }))).toBe('accepted');
    },
  );
});

describe('a signature that is checked on another thread', () => {
  it.each([
    ['a good token', () => forgeToken(ES)],
    ['a forged one', () => forgeToken(STRANGER)],
    ['one without exp', () => claims({ exp: undefined })],
    ['one of an unknown key', () => header({ kid: 'other' })],
    ['one of a key for another algorithm', () => header({ alg: 'RS256' })],
  ])('gives the same answer about %s', async (_, forge) => {
    const token = forge();
    const outcome = (verify: () => unknown): Promise<unknown> =>
      Promise.resolve()
        .then(verify)
        .catch((error: unknown) => String(error));
    const here = await outcome(() => verifierOf([trustIn([ES, RS])]).verify(token));
    expect(await outcome(() => verifierOf([trustIn([ES, RS])]).verifyOffThread(token))).toEqual(
      here,
    );
  });

  it('does not let a token in whose key is removed meanwhile', async () => {
    const { server, clock, provider } = await providerFixture({ minMaxAgeSeconds: 1 });
    try {
      server.publish([ES.publicJwk], { 'cache-control': 'max-age=1' });
      await provider.warmUp();
      const trust = new Trust(trustIn([ES]), ['ES256'], provider);
      const now = (): number => clock.nowMs;
      const remote = new AccessTokenVerifier(new Map([[ISSUER, trust]]), {}, now);
      const payload = { ...CLAIMS, iat: now() / 1000, exp: now() / 1000 + 300 };
      const answer = remote.verifyOffThread(forgeToken(ES, { payload }));
      const another = generateSigningKey('ES256', 'another');
      server.publish([another.publicJwk], { 'cache-control': 'max-age=1' });
      clock.advanceSeconds(2);
      await expect(Promise.resolve(answer)).rejects.toThrow('key_unknown');
    } finally {
      await server.close();
    }
  });
});
