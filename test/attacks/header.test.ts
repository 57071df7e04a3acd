/** Attacks by the JOSE header: critical extensions, key ids of every kind, keys that it brings along. */
import { TestClock } from '../support/resource-server-clock.js';
import { JwksServer } from '../support/resource-server-jwks.js';
import { expectTokenAccepted, expectTokenRefused } from '../support/resource-server-refusal.js';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import {
  createSigningKey,
  encodeSegment,
  signSegments,
  signWith,
  TokenForge,
} from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const MEGABYTE = 1024 * 1024;
const clock = new TestClock();
const keys = [createSigningKey('ES256', 'key-1'), createSigningKey('ES256', 'key-2')] as const;
const forge = new TokenForge(ISSUER, AUDIENCE, keys[0], clock);
const attacker = createSigningKey('ES256', 'attacker');

describe.each(PLATFORMS)('a header that asks for too much, on %s', (platform) => {
  let server: ResourceServer;
  let attackerJwks: JwksServer;

  beforeAll(async () => {
    attackerJwks = await JwksServer.start([attacker.jwk, { ...attacker.jwk, kid: 'key-1' }]);
    server = await ResourceServer.start(platform, {
      trusts: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: keys.map(({ jwk }) => jwk) } }],
      clock: clock.nowMs,
      // So large that a kid of a megabyte gets as far as the check of the kid itself.
      maxTokenBytes: 4 * MEGABYTE,
      maxHeaderSize: 4 * MEGABYTE,
    });
  });

  afterAll(async () => {
    await server.stop();
    await attackerJwks.stop();
  });

  it('accepts a good token of either key', async () => {
    await expectTokenAccepted(server, await forge.issue());
    await expectTokenAccepted(
      server,
      forge.forge({ header: forge.header({ kid: 'key-2' }), signer: signWith(keys[1]) }),
    );
  });

  it.each([
    ['an unknown extension', { crit: ['urn:example:x'], 'urn:example:x': true }],
    ['an extension that is not in the header', { crit: ['urn:example:x'] }],
    ['a registered parameter', { crit: ['exp'], exp: 1 }],
    ['an empty list', { crit: [] }],
    ['text', { crit: 'exp' }],
    ['null', { crit: null }],
    ['false', { crit: false }],
    ['an object', { crit: {} }],
    ['a list of no text', { crit: [null] }],
    ['b64, with b64 true', { crit: ['b64'], b64: true }],
    ['b64, with b64 false', { crit: ['b64'], b64: false }],
  ])('refuses crit with %s', async (_name, members) => {
    const token = forge.forge({ header: forge.header(members) });
    await expectTokenRefused(server, token, 'canonical', 'critical_header');
  });

  it.each([false, true, null, 'false'])('refuses b64 of %j, also outside crit', async (b64) => {
    const token = forge.forge({ header: forge.header({ b64 }) });
    await expectTokenRefused(server, token, 'canonical', 'unencoded_payload');
  });

  it('refuses b64 false where the signature is over the decoded payload', async () => {
    const header = encodeSegment(forge.header({ b64: false }));
    const claims = JSON.stringify(forge.claims());
    const signed = signSegments(header, claims, signWith(forge.key));
    const signature = signed.slice(signed.lastIndexOf('.') + 1);
    const token = `${header}.${encodeSegment(claims)}.${signature}`;
    await expectTokenRefused(server, token, 'canonical', 'unencoded_payload');
  });

  it('refuses a token without kid where the issuer has more than one key', async () => {
    const token = forge.forge({ header: forge.header({ kid: undefined }) });
    await expectTokenRefused(server, token, 'canonical', 'key_id_missing');
  });

  it.each([[null], [0], [1], [true], [['key-1']], [{ kid: 'key-1' }]])(
    'refuses a kid that is no text: %j',
    async (kid) => {
      const token = forge.forge({ header: forge.header({ kid }) });
      await expectTokenRefused(server, token, 'canonical', 'key_id_type');
    },
  );

  it.each([
    ['a path', '../../../../dev/null'],
    ['a path that ends in a NUL', 'key-1\0.pem'],
    ['a file URL', 'file:///proc/self/environ'],
    ['SQL', "x' UNION SELECT 'secret' --"],
    ['a shell command', '$(id)|id`id`'],
    ['a log line', 'x\r\n2026-01-01 ERROR all is lost \u001b[2J'],
    ['a control sequence of one byte', 'x\u009b2J\u0085y\u007f'],
    ['a line that reads backwards', 'x\u202e\u2066lla\u2028y'],
    ['another case', 'KEY-1'],
    ['a blank behind', 'key-1 '],
    ['a look-alike', 'key‐1'],
    ['nothing', ''],
    ['a member of every object', 'constructor'],
    ['the prototype', '__proto__'],
  ])('refuses a kid that is %s', async (_name, kid) => {
    const token = forge.forge({ header: forge.header({ kid }) });
    await expectTokenRefused(server, token, 'key', 'key_unknown');
    // Nothing that a terminal or a log viewer would obey.
    expect(server.logged.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  it.each([
    ['257 characters', 257],
    ['a megabyte', MEGABYTE],
  ])('refuses a kid of %s, and logs only its beginning', async (_name, length) => {
    const token = forge.forge({ header: forge.header({ kid: 'k'.repeat(length) }) });
    await expectTokenRefused(server, token, 'canonical', 'key_id_type');
    expect(server.logged.join('').length).toBeLessThan(400);
  });

  const spki = attacker.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const brought: readonly [string, () => object][] = [
    ['jwk', () => ({ jwk: attacker.jwk })],
    ['jku', () => ({ jku: attackerJwks.uri })],
    ['x5u', () => ({ x5u: attackerJwks.uri })],
    ['x5c', () => ({ x5c: [spki] })],
    ['x5t', () => ({ x5t: 'AAAA', 'x5t#S256': 'AAAA' })],
    ['all of them', () => ({ jwk: attacker.jwk, jku: attackerJwks.uri, x5u: attackerJwks.uri })],
  ];

  it.each(brought)('refuses the attacker’s key by %s under a known kid', async (_name, members) => {
    const token = forge.forge({ header: forge.header(members()), signer: signWith(attacker) });
    await expectTokenRefused(server, token, 'signature', 'signature_mismatch');
    expect(attackerJwks.requests).toBe(0);
  });

  it.each(brought)('refuses the attacker’s key by %s under its own kid', async (_name, members) => {
    const header = forge.header({ ...members(), kid: 'attacker' });
    const token = forge.forge({ header, signer: signWith(attacker) });
    await expectTokenRefused(server, token, 'key', 'key_unknown');
    expect(attackerJwks.requests).toBe(0);
  });

  it.each(brought)('refuses the attacker’s key by %s without a kid', async (_name, members) => {
    const header = forge.header({ ...members(), kid: undefined });
    const token = forge.forge({ header, signer: signWith(attacker) });
    await expectTokenRefused(server, token, 'canonical', 'key_id_missing');
    expect(attackerJwks.requests).toBe(0);
  });

  it.each(brought)(
    'goes by its own key and never looks at %s in a good token',
    async (_name, members) => {
      await expectTokenAccepted(server, forge.forge({ header: forge.header(members()) }));
      expect(attackerJwks.requests).toBe(0);
    },
  );
});

describe.each(PLATFORMS)('an issuer with one key, on %s', (platform) => {
  let server: ResourceServer;

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } }],
      clock: clock.nowMs,
    });
  });

  afterAll(() => server.stop());

  it('accepts a token without kid, since only one key can be meant', async () => {
    await expectTokenAccepted(server, forge.forge({ header: forge.header({ kid: undefined }) }));
  });

  it('refuses a wrong kid all the same', async () => {
    const token = forge.forge({ header: forge.header({ kid: 'key-2' }) });
    await expectTokenRefused(server, token, 'key', 'key_unknown');
  });

  it('refuses a token without kid by a stranger’s key', async () => {
    const header = forge.header({ kid: undefined });
    const token = forge.forge({ header, signer: signWith(attacker) });
    await expectTokenRefused(server, token, 'signature', 'signature_mismatch');
  });
});
