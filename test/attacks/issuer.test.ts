/** Attacks between issuers: one issuer's key for another's tokens, and issuers that nobody trusts. */
import { TestClock } from '../support/resource-server-clock.js';
import { JwksServer } from '../support/resource-server-jwks.js';
import { expectTokenAccepted, expectTokenRefused } from '../support/resource-server-refusal.js';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import { createSigningKey, signWith, TokenForge } from '../support/token-forge.js';

const AUDIENCE = 'https://orders.example';
const clock = new TestClock();
// Both issuers call their key the same.
const staff = new TokenForge(
  'https://staff.example',
  AUDIENCE,
  createSigningKey('ES256', 'key-1'),
  clock,
);
const guests = new TokenForge(
  'https://guests.example',
  AUDIENCE,
  createSigningKey('ES256', 'key-1'),
  clock,
);
const orders = [
  ['staff first', staff, guests],
  ['guests first', guests, staff],
] as const;

describe.each(PLATFORMS)('two issuers with the same kid, on %s', (platform) => {
  describe.each(orders)('%s', (_order, first, second) => {
    let server: ResourceServer;
    let endpoints: JwksServer[];

    beforeAll(async () => {
      endpoints = await Promise.all([first, second].map(({ key }) => JwksServer.start([key.jwk])));
      server = await ResourceServer.start(platform, {
        trusts: [first, second].map(({ issuer }, at) => ({
          issuer,
          audience: AUDIENCE,
          jwksUri: endpoints[at]?.uri,
        })),
        clock: clock.nowMs,
      });
    });

    afterAll(async () => {
      await server.stop();
      for (const endpoint of endpoints) await endpoint.stop();
    });

    const crossed = (issuer: TokenForge, signer: TokenForge): string =>
      issuer.forge({ signer: signWith(signer.key) });

    it('refuses each one’s key for the other’s tokens before any good token came', async () => {
      await expectTokenRefused(server, crossed(second, first), 'signature', 'signature_mismatch');
      await expectTokenRefused(server, crossed(first, second), 'signature', 'signature_mismatch');
    });

    it('accepts each one’s own tokens, and says whose they are', async () => {
      for (const { issuer, issue } of [first, second].map((forge) => ({
        issuer: forge.issuer,
        issue: forge.issue.bind(forge),
      }))) {
        const answer = await server.get('/orders', await issue());
        expect(answer.status).toBe(200);
        expect(JSON.parse(answer.body)).toEqual({ subject: 'alice', issuer });
      }
    });

    it('refuses each one’s key for the other’s tokens while good tokens are cached', async () => {
      await expectTokenAccepted(server, await first.issue());
      await expectTokenAccepted(server, await second.issue());
      await expectTokenRefused(server, crossed(second, first), 'signature', 'signature_mismatch');
      await expectTokenRefused(server, crossed(first, second), 'signature', 'signature_mismatch');
    });

    it('names the issuer that was asked to the observer', async () => {
      await server.get('/orders', crossed(second, first));
      expect(server.refusals).toEqual([expect.objectContaining({ issuer: second.issuer })]);
    });
  });
});

describe.each(PLATFORMS)('an issuer that is not trusted, on %s', (platform) => {
  let server: ResourceServer;

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [{ issuer: staff.issuer, audience: AUDIENCE, jwks: { keys: [staff.key.jwk] } }],
      clock: clock.nowMs,
    });
  });

  afterAll(() => server.stop());

  it('accepts the trusted one', async () => {
    await expectTokenAccepted(server, await staff.issue());
  });

  it.each([
    ['another', 'https://guests.example'],
    ['with a slash behind', 'https://staff.example/'],
    ['over http', 'http://staff.example'],
    ['in capitals', 'HTTPS://STAFF.EXAMPLE'],
    ['with its default port', 'https://staff.example:443'],
    ['with a blank behind', 'https://staff.example '],
    ['as a prefix', 'https://staff.example.evil.example'],
    ['behind credentials', 'https://staff.example@evil.example'],
    ['nothing', ''],
    ['a member of every object', '__proto__'],
    ['an address within', 'http://169.254.169.254/latest/meta-data'],
  ])('refuses an iss that is %s, though the trusted key signed it', async (_name, iss) => {
    const token = staff.forge({ payload: staff.claims({ iss }) });
    await expectTokenRefused(server, token, 'trust', 'issuer_not_trusted');
  });
});
