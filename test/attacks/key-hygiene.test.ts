/** Keys of a JWK Set that nobody should sign with: tokens by them are refused, good keys stay usable. */
import { createHash } from 'node:crypto';
import { TestClock } from '../support/resource-server-clock.js';
import { JwksServer } from '../support/resource-server-jwks.js';
import { expectTokenAccepted, expectTokenRefused } from '../support/resource-server-refusal.js';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import { generateKeyPair } from '../support/key-pair.js';
import {
  createSigningKey,
  hmacWith,
  signWith,
  TokenForge,
  type Signer,
} from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const clock = new TestClock();
const good = new TokenForge(ISSUER, AUDIENCE, createSigningKey('RS256', 'good'), clock);
const ec = createSigningKey('ES256', 'ec');
const other = createSigningKey('ES256', 'other');
const rsa = createSigningKey('RS256', 'rsa');
const oct = Buffer.alloc(32, 7);

interface BadKey {
  readonly name: string;
  readonly jwks: readonly unknown[];
  readonly kid?: unknown;
  readonly alg: 'RS256' | 'ES256';
  readonly signer: Signer;
}

const badKeys: readonly BadKey[] = [
  { name: 'RSA of 1024 bits', ...weakRsa() },
  { name: 'RSA with the exponent 1, whose signatures anyone can write', ...exponentOne() },
  {
    name: 'a key with its private half, which everyone has read',
    jwks: [{ ...rsa.jwk, ...rsa.privateKey.export({ format: 'jwk' }) }],
    ...signedBy(rsa),
  },
  {
    name: 'a symmetric key under an asymmetric name',
    jwks: [{ kty: 'oct', k: oct.toString('base64url'), kid: 'oct', alg: 'RS256' }],
    kid: 'oct',
    alg: 'RS256',
    signer: hmacWith(oct),
  },
  { name: 'a key for encryption', jwks: [{ ...rsa.jwk, use: 'enc' }], ...signedBy(rsa) },
  {
    name: 'a key whose operations leave out verify',
    jwks: [{ ...rsa.jwk, key_ops: ['encrypt'] }],
    ...signedBy(rsa),
  },
  {
    name: 'a key for an algorithm that the trust does not list',
    jwks: [{ ...rsa.jwk, alg: 'PS256' }],
    ...signedBy(rsa),
  },
  {
    name: 'a key for key wrapping',
    jwks: [{ ...rsa.jwk, alg: 'RSA-OAEP' }],
    ...signedBy(rsa),
  },
  {
    name: 'two different keys under one kid, the first',
    jwks: [ec.jwk, { ...other.jwk, kid: 'ec' }],
    ...signedBy(ec),
  },
  {
    name: 'two different keys under one kid, the second',
    jwks: [{ ...other.jwk, kid: 'ec' }, ec.jwk],
    ...signedBy(ec),
  },
  { name: 'a point off the curve', jwks: [{ ...ec.jwk, y: ec.jwk.x }], ...signedBy(ec) },
  { name: 'a curve of another size', jwks: [{ ...ec.jwk, crv: 'P-384' }], ...signedBy(ec) },
  { name: 'a coordinate with padding', jwks: [{ ...ec.jwk, x: `${ec.jwk.x}=` }], ...signedBy(ec) },
  { name: 'an empty coordinate', jwks: [{ ...ec.jwk, x: '' }], ...signedBy(ec) },
  { name: 'a null coordinate', jwks: [{ ...ec.jwk, x: null }], ...signedBy(ec) },
  { name: 'a modulus of zero bytes', jwks: [{ ...rsa.jwk, n: 'AAAA' }], ...signedBy(rsa) },
  { name: 'nothing at all', jwks: [{}, null, [], 'key', 0], ...signedBy(ec) },
  { name: 'a kid that is no text', jwks: [{ ...ec.jwk, kid: 7 }], ...signedBy(ec) },
  { name: 'no kid', jwks: [{ ...ec.jwk, kid: undefined }], ...signedBy(ec) },
];

describe.each(PLATFORMS)('a JWK Set with keys that are not to be used, on %s', (platform) => {
  let server: ResourceServer;
  let endpoint: JwksServer;

  beforeEach(async () => {
    endpoint = await JwksServer.start([]);
  });

  afterEach(async () => {
    await server.stop();
    await endpoint.stop();
  });

  const start = async (keys: readonly unknown[]): Promise<void> => {
    endpoint.keys = keys as object[];
    server = await ResourceServer.start(platform, {
      trusts: [
        {
          issuer: ISSUER,
          audience: AUDIENCE,
          algorithms: ['RS256', 'ES256'],
          jwksUri: endpoint.uri,
        },
      ],
      clock: clock.nowMs,
    });
  };

  it.each(badKeys)(
    'refuses a token by $name, and accepts one by the good key beside it',
    async (bad) => {
      await start([...bad.jwks, good.key.jwk]);
      const header = { alg: bad.alg, typ: 'at+jwt', kid: bad.kid };
      const token = good.forge({ header, signer: bad.signer });
      await expectTokenRefused(server, token, 'key', 'key_unknown');
      await expectTokenAccepted(server, await good.issue());
    },
  );

  it('accepts tokens by the very same keys once nothing is wrong with them', async () => {
    await start([rsa.jwk, ec.jwk]);
    for (const key of [rsa, ec]) {
      const header = { alg: key.alg, typ: 'at+jwt', kid: key.kid };
      await expectTokenAccepted(server, good.forge({ header, signer: signWith(key) }));
    }
  });

  it('accepts tokens of a key that is published twice', async () => {
    await start([ec.jwk, ec.jwk]);
    const header = { alg: 'ES256', typ: 'at+jwt', kid: 'ec' };
    await expectTokenAccepted(server, good.forge({ header, signer: signWith(ec) }));
  });
});

function signedBy(key: typeof ec): Pick<BadKey, 'kid' | 'alg' | 'signer'> {
  return { kid: key.kid, alg: key.alg as BadKey['alg'], signer: signWith(key) };
}

function weakRsa(): Omit<BadKey, 'name'> {
  const { privateKey, publicKey } = generateKeyPair({ type: 'rsa', modulusLength: 1024 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'rsa-1024', alg: 'RS256' };
  const key = { ...rsa, privateKey, publicKey, jwk, kid: jwk.kid };
  return { jwks: [jwk], ...signedBy(key) };
}

/** Where the exponent is 1 a signature is just the padded digest (RFC 8017 section 9.2). */
function exponentOne(): Omit<BadKey, 'name'> {
  const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex');
  const signer: Signer = (input) => {
    const digest = createHash('sha256').update(input).digest();
    const filler = Buffer.alloc(256 - 3 - digestInfo.length - digest.length, 0xff);
    return Buffer.concat([Buffer.of(0, 1), filler, Buffer.of(0), digestInfo, digest]);
  };
  return { jwks: [{ ...rsa.jwk, e: 'AQ' }], kid: rsa.kid, alg: 'RS256', signer };
}
