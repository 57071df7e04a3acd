/** Attacks by the claims of a properly signed token: wrong types, times, audiences, lifetimes. */
import { TestClock } from '../support/resource-server-clock.js';
import {
  expectRefused,
  expectTokenAccepted,
  expectTokenRefused,
} from '../support/resource-server-refusal.js';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import { createSigningKey, TokenForge } from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const TOLERANCE_SECONDS = 5;
const clock = new TestClock();
const start = clock.nowSeconds();
const forge = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock);

describe.each(PLATFORMS)('a properly signed token with bad claims, on %s', (platform) => {
  let server: ResourceServer;

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [
        {
          issuer: ISSUER,
          audience: AUDIENCE,
          clockToleranceSeconds: TOLERANCE_SECONDS,
          jwks: { keys: [forge.key.jwk] },
          validate: ({ tenant }) => {
            if (tenant === 'throws') throw new Error('the rule broke');
            return tenant === 'other' ? 'another tenant' : undefined;
          },
        },
      ],
      clock: clock.nowMs,
    });
  });

  beforeEach(() => clock.setMs(start * 1000));

  afterAll(() => server.stop());

  const accept = (claims: object): Promise<void> =>
    expectTokenAccepted(server, forge.forge({ payload: forge.claims(claims) }));

  it.each<[string, object]>([
    ['as they should be', {}],
    ['with several audiences', { aud: ['https://other.example', AUDIENCE] }],
    ['with nbf now', { nbf: start }],
    ['with nbf and iat as far ahead as the tolerance', { nbf: start + 5, iat: start + 5 }],
    ['with a lifetime of exactly an hour', { exp: start + 3600 }],
    ['of the custom rule’s own tenant', { tenant: 'own' }],
  ])('accepts good claims %s', async (_name, claims) => {
    await accept(claims);
  });

  it.each(['sub', 'iat', 'jti', 'client_id', 'exp', 'aud'])(
    'refuses claims without %s',
    async (name) => {
      const payload = forge.claims({ [name]: undefined });
      await expectTokenRefused(server, forge.forge({ payload }), 'claims', 'claim_missing');
    },
  );

  it.each([[undefined], [null], [1], [true], [[ISSUER]], [{ [ISSUER]: true }]])(
    'refuses an iss that is no text: %j',
    async (iss) => {
      const token = forge.forge({ payload: forge.claims({ iss }) });
      await expectTokenRefused(server, token, 'trust', 'issuer_type');
    },
  );

  it.each(
    ['sub', 'jti', 'client_id', 'grant_id'].flatMap((name) =>
      [null, 0, 1, true, ['alice'], { id: 'alice' }, ''].map((value) => [name, value] as const),
    ),
  )('refuses a %s that is no text: %j', async (name, value) => {
    const token = forge.forge({ payload: forge.claims({ [name]: value }) });
    await expectTokenRefused(server, token, 'claims', 'claim_type');
  });

  const notTimes: readonly [string, string][] = [
    ['text', `"${start + 300}"`],
    ['an ISO date', '"2099-01-01T00:00:00Z"'],
    ['null', 'null'],
    ['true', 'true'],
    ['a list', `[${start + 300}]`],
    ['an object', '{}'],
    ['a fraction', `${start + 300}.5`],
    ['1e308', '1e308'],
    ['beyond every number', '1e400'],
    ['milliseconds', `${(start + 300) * 1000}`],
    ['negative', '-1'],
    ['the year 10000', '253402300800'],
  ];

  it.each(['exp', 'iat', 'nbf'].flatMap((name) => notTimes.map((row) => [name, ...row] as const)))(
    'refuses a %s that is no time in seconds: %s',
    async (name, _form, text) => {
      const json = JSON.stringify(forge.claims({ [name]: 'HERE' })).replace('"HERE"', text);
      await expectTokenRefused(server, forge.forge({ payload: json }), 'claims', 'claim_type');
    },
  );

  it.each<[string, object]>([
    ['of 0', { exp: 0, iat: 0 }],
    ['of yesterday', { exp: start - 86_400, iat: start - 86_700 }],
    ['older than the tolerance', { exp: start - TOLERANCE_SECONDS, iat: start - 300 }],
  ])('refuses an exp %s, and only then says that the token expired', async (_name, claims) => {
    const token = forge.forge({ payload: forge.claims(claims) });
    await expectTokenRefused(server, token, 'claims', 'expired');
  });

  it('does not tell a forger that the token it changed expired', async () => {
    const expired = forge.claims({ exp: start - 600, iat: start - 900 });
    const token = forge.forge({ payload: expired, signer: () => Buffer.alloc(64, 1) });
    await expectTokenRefused(server, token, 'signature', 'signature_mismatch');
  });

  it('refuses an iat in the future', async () => {
    const token = forge.forge({ payload: forge.claims({ iat: start + TOLERANCE_SECONDS + 1 }) });
    await expectTokenRefused(server, token, 'claims', 'issued_in_the_future');
  });

  it('refuses a token before its nbf', async () => {
    const token = forge.forge({ payload: forge.claims({ nbf: start + TOLERANCE_SECONDS + 1 }) });
    await expectTokenRefused(server, token, 'claims', 'not_yet_valid');
  });

  it.each([3601, 86_400, 10 * 365 * 86_400])('refuses a lifetime of %i s', async (seconds) => {
    const token = forge.forge({ payload: forge.claims({ exp: start + seconds }) });
    await expectTokenRefused(server, token, 'claims', 'lifetime_too_long');
  });

  it.each([
    ['another', 'https://payments.example'],
    ['a longer one', `${AUDIENCE}.evil.example`],
    ['a shorter one', 'https://orders'],
    ['with a slash behind', `${AUDIENCE}/`],
    ['in capitals', AUDIENCE.toUpperCase()],
    ['several others', ['https://payments.example', 'https://other.example']],
    ['ours among others in one text', `https://payments.example ${AUDIENCE}`],
    ['a wildcard', '*'],
  ])('refuses a token for another audience: %s', async (_name, aud) => {
    const token = forge.forge({ payload: forge.claims({ aud }) });
    await expectTokenRefused(server, token, 'claims', 'audience');
  });

  it.each([
    [null],
    [1],
    [true],
    [[]],
    [''],
    [[AUDIENCE, 1]],
    [[AUDIENCE, null]],
    [[[AUDIENCE]]],
    [{ [AUDIENCE]: 1 }],
  ])('refuses an audience that is not made of text: %j', async (aud) => {
    const token = forge.forge({ payload: forge.claims({ aud }) });
    await expectTokenRefused(server, token, 'claims', 'claim_type');
  });

  it.each([[null], [1], [{ 'orders:read': true }], [['orders:read', 1]]])(
    'refuses a scope that is not made of text: %j',
    async (scope) => {
      const token = forge.forge({ payload: forge.claims({ scope }) });
      await expectTokenRefused(server, token, 'claims', 'claim_type');
    },
  );

  it.each([
    ['objects', 'other'],
    ['throws', 'throws'],
  ])('refuses what the trust’s own rule %s', async (_name, tenant) => {
    const token = forge.forge({ payload: forge.claims({ tenant }) });
    await expectTokenRefused(server, token, 'claims', 'custom_rule');
  });

  it('expires a cached token at the very millisecond at which an uncached one expires', async () => {
    const claims = forge.claims({ exp: start + 60 });
    const cached = forge.forge({ payload: claims });
    await expectTokenAccepted(server, cached);
    const lastMs = (start + 60 + TOLERANCE_SECONDS) * 1000 - 1;
    clock.setMs(lastMs);
    await expectTokenAccepted(server, cached);
    await expectTokenAccepted(server, forge.forge({ payload: claims }));
    clock.setMs(lastMs + 1);
    await expectTokenRefused(server, cached, 'claims', 'expired');
    await expectTokenRefused(server, forge.forge({ payload: claims }), 'claims', 'expired');
  });

  it('refuses a cached token again once the clock is set back before its nbf', async () => {
    const token = forge.forge({ payload: forge.claims({ nbf: start }) });
    await expectTokenAccepted(server, token);
    clock.setMs((start - TOLERANCE_SECONDS) * 1000 - 1);
    await expectTokenRefused(server, token, 'claims', 'not_yet_valid');
  });

  it('answers a request that broke a rule without saying which', async () => {
    const refused = forge.forge({ payload: forge.claims({ aud: 'https://payments.example' }) });
    const answer = await server.get('/orders', refused);
    expectRefused(server, answer, { stage: 'claims', reason: 'audience', token: refused });
    expect(answer.body + JSON.stringify(answer.headers)).not.toMatch(/aud|payments/i);
  });
});
