/** Other tokens of the same issuer, properly signed, presented as access tokens (RFC 8725 section 2.8). */
import { TestClock } from '../support/resource-server-clock.js';
import { expectTokenAccepted, expectTokenRefused } from '../support/resource-server-refusal.js';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import { createSigningKey, TokenForge } from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const clock = new TestClock();
const forge = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock);
const trust = { issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } };

describe.each(PLATFORMS)('a token of another kind, on %s', (platform) => {
  let server: ResourceServer;

  beforeAll(async () => {
    server = await ResourceServer.start(platform, { trusts: [trust], clock: clock.nowMs });
  });

  afterAll(() => server.stop());

  it.each(['at+jwt', 'AT+JWT', 'At+Jwt', 'application/at+jwt', 'APPLICATION/AT+JWT'])(
    'accepts typ %s',
    async (typ) => {
      await expectTokenAccepted(server, await forge.issue({}, { typ }));
    },
  );

  it.each([
    ['an ID token', 'JWT', { aud: AUDIENCE, nonce: 'n', at_hash: 'h', auth_time: 1 }],
    ['an ID token without typ', undefined, { nonce: 'n' }],
    ['a logout token', 'logout+jwt', { events: {} }],
    ['a DPoP proof', 'dpop+jwt', { htm: 'GET', htu: AUDIENCE, jti: 'x' }],
    ['a plain JWT', 'JWT', {}],
    ['a security event', 'secevent+jwt', {}],
    ['an introspection answer', 'token-introspection+jwt', {}],
    ['a client assertion', 'client-authentication+jwt', {}],
    ['a request object', 'oauth-authz-req+jwt', {}],
    ['a refresh token', 'refresh+jwt', {}],
    ['a JWS of JSON', 'JOSE', {}],
  ])('refuses %s with every claim of an access token', async (_kind, typ, claims) => {
    const token = await forge.issue(claims, { typ });
    await expectTokenRefused(server, token, 'canonical', 'typ_not_allowed');
  });

  it.each([
    [null],
    [1],
    [true],
    [['at+jwt']],
    [{}],
    [''],
    ['at+jwt '],
    [' at+jwt'],
    ['at+jwt; charset=utf-8'],
    ['application/application/at+jwt'],
    ['text/at+jwt'],
    ['at+jwt\0'],
    ['xat+jwt'],
  ])('refuses a typ that only looks like an access token’s: %j', async (typ) => {
    const token = forge.forge({ header: forge.header({ typ }) });
    await expectTokenRefused(server, token, 'canonical', 'typ_not_allowed');
  });
});

describe.each(PLATFORMS)(
  'a trust that accepts typ JWT and tells ID tokens apart, on %s',
  (platform) => {
    let server: ResourceServer;

    beforeAll(async () => {
      server = await ResourceServer.start(platform, {
        trusts: [
          {
            ...trust,
            typ: ['JWT'],
            validate: ({ nonce }) => (nonce === undefined ? undefined : 'an ID token'),
          },
        ],
        clock: clock.nowMs,
      });
    });

    afterAll(() => server.stop());

    it('accepts its access token', async () => {
      await expectTokenAccepted(server, await forge.issue({}, { typ: 'JWT' }));
    });

    it('refuses its ID token by the trust’s own rule', async () => {
      const token = await forge.issue({ nonce: 'n' }, { typ: 'JWT' });
      await expectTokenRefused(server, token, 'claims', 'custom_rule');
    });

    it.each(['at+jwt', 'logout+jwt', undefined])(
      'refuses typ %s, which it does not name',
      async (typ) => {
        const token = await forge.issue({}, { typ });
        await expectTokenRefused(server, token, 'canonical', 'typ_not_allowed');
      },
    );
  },
);
