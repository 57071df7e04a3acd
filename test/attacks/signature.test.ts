/** Attacks on the signature: zeros, other encodings, other inputs, other keys. */
import { createPublicKey, sign, verify } from 'node:crypto';
import { TestClock } from '../support/resource-server-clock.js';
import { expectTokenAccepted, expectTokenRefused } from '../support/resource-server-refusal.js';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import {
  createSigningKey,
  encodeSegment,
  signWith,
  TokenForge,
  type Signer,
} from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const clock = new TestClock();
const [es256, eddsa, rs256, ps256] = (['ES256', 'EdDSA', 'RS256', 'PS256'] as const).map(
  (alg) => new TokenForge(ISSUER, AUDIENCE, createSigningKey(alg, alg.toLowerCase()), clock),
) as [TokenForge, TokenForge, TokenForge, TokenForge];
const forges = [es256, eddsa, rs256, ps256];

/** The order of P-256: a number that both halves of a signature must stay below. */
const ORDER = Buffer.from(
  'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
  'hex',
);
const ONE = Buffer.concat([Buffer.alloc(31), Buffer.of(1)]);
const ZERO = Buffer.alloc(32);

describe.each(PLATFORMS)('a token whose signature is not its issuer’s, on %s', (platform) => {
  let server: ResourceServer;

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [
        {
          issuer: ISSUER,
          audience: AUDIENCE,
          algorithms: ['ES256', 'EdDSA', 'RS256', 'PS256'],
          jwks: { keys: forges.map(({ key }) => key.jwk) },
        },
      ],
      clock: clock.nowMs,
    });
  });

  afterAll(() => server.stop());

  it.each(forges.map((forge) => [forge.key.alg, forge] as const))(
    'accepts a good %s token, by jose and by this forge',
    async (_alg, forge) => {
      await expectTokenAccepted(server, await forge.issue());
      await expectTokenAccepted(server, forge.forge());
    },
  );

  const tampered: readonly [string, (good: Signer) => Signer][] = [
    ['all zeros', (good) => (input) => Buffer.alloc(good(input).length)],
    ['all ones', (good) => (input) => Buffer.alloc(good(input).length, 0xff)],
    ['one bit flipped', (good) => (input) => flipped(good(input), 0)],
    ['the last bit flipped', (good) => (input) => flipped(good(input), good(input).length - 1)],
    ['a byte cut off', (good) => (input) => good(input).subarray(1)],
    ['a zero byte before', (good) => (input) => Buffer.concat([Buffer.of(0), good(input)])],
    ['a zero byte behind', (good) => (input) => Buffer.concat([good(input), Buffer.of(0)])],
    ['twice', (good) => (input) => Buffer.concat([good(input), good(input)])],
    ['a single byte', () => () => Buffer.of(0)],
    ['of the header alone', (good) => (input) => good(input.subarray(0, input.indexOf('.')))],
    ['of nothing', (good) => () => good(Buffer.alloc(0))],
  ];

  it.each(
    forges.flatMap((forge) =>
      tampered.map((row) => [forge.key.alg, row[0], forge, row[1]] as const),
    ),
  )('refuses %s with a signature that is %s', async (_alg, _name, forge, tamper) => {
    const token = forge.forge({ signer: tamper(signWith(forge.key)) });
    await expectTokenRefused(server, token, 'signature', 'signature_mismatch');
  });

  it.each<[string, Buffer]>([
    ['r = s = 0', Buffer.concat([ZERO, ZERO])],
    ['r = 0, s = 1', Buffer.concat([ZERO, ONE])],
    ['r = 1, s = 0', Buffer.concat([ONE, ZERO])],
    ['r = s = 1', Buffer.concat([ONE, ONE])],
    ['r = s = the order of the curve', Buffer.concat([ORDER, ORDER])],
    ['r = the order, s = 1', Buffer.concat([ORDER, ONE])],
    ['zeros in DER', Buffer.from('3006020100020100', 'hex')],
  ])('refuses an ES256 signature of %s', async (_name, bytes) => {
    const token = es256.forge({ signer: () => bytes });
    await expectTokenRefused(server, token, 'signature', 'signature_mismatch');
  });

  it('refuses an ES256 signature in DER, which OpenSSL itself takes', async () => {
    const der: Signer = (input) => sign('sha256', input, es256.key.privateKey);
    const input = Buffer.from('any');
    expect(verify('sha256', input, createPublicKey(es256.key.privateKey), der(input))).toBe(true);
    const token = es256.forge({ signer: der });
    await expectTokenRefused(server, token, 'signature', 'signature_mismatch');
  });

  it.each(forges.map((forge) => [forge.key.alg, forge] as const))(
    'refuses a %s token by a stranger’s key under the kid of a known one',
    async (alg, forge) => {
      const stranger = createSigningKey(alg, forge.key.kid);
      const token = forge.forge({ signer: signWith(stranger) });
      await expectTokenRefused(server, token, 'signature', 'signature_mismatch');
    },
  );

  it.each([
    ['payload', 1, { sub: 'admin' }],
    ['scope', 1, { scope: 'orders:read admin' }],
  ])(
    'refuses a good token whose %s was exchanged, also when the good one is cached',
    async (_name, at, claims) => {
      const good = await rs256.issue();
      await expectTokenAccepted(server, good);
      const segments = good.split('.');
      segments[at] = encodeSegment(rs256.claims(claims));
      await expectTokenRefused(server, segments.join('.'), 'signature', 'signature_mismatch');
      await expectTokenAccepted(server, good);
    },
  );

  it('refuses a good token under the signature of another good token', async () => {
    const [one = '', other = ''] = [await rs256.issue(), await rs256.issue()];
    await expectTokenAccepted(server, one);
    const mixed = `${one.slice(0, one.lastIndexOf('.'))}${other.slice(other.lastIndexOf('.'))}`;
    await expectTokenRefused(server, mixed, 'signature', 'signature_mismatch');
  });
});

function flipped(signature: Uint8Array, at: number): Buffer {
  const bytes = Buffer.from(signature);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}
