/** Attacks by encrypted tokens at a resource server that reads them, and at one that does not (RFC 7516, RFC 8725). */
import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { CompactEncrypt, type CompactJWEHeaderParameters } from 'jose';
import { generateKeyPair } from '../support/key-pair.js';
import { expectTokenAccepted, expectTokenRefused } from '../support/resource-server-refusal.js';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import { createSigningKey, encodeSegment, TokenForge } from '../support/token-forge.js';

const AUDIENCE = 'https://orders.example';
const HUGE = 2_147_483_647;

const clock = { nowMs: () => Date.now(), nowSeconds: () => Math.floor(Date.now() / 1000) };
const forge = (issuer: string) =>
  new TokenForge(issuer, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock as never);
const ours = forge('https://as.example');
const theirs = forge('https://partner.example');
const plain = forge('https://plain.example');
const stranger = new TokenForge(
  ours.issuer,
  AUDIENCE,
  createSigningKey('ES256', 'ec-1'),
  clock as never,
);

const ecKey = () => generateKeyPair({ type: 'ec', namedCurve: 'P-256' });
const [EC, THEIRS, OTHER] = [ecKey(), ecKey(), ecKey()];
const RSA = generateKeyPair({ type: 'rsa', modulusLength: 2048 });
const decryptionKey = ({ privateKey }: typeof EC, kid: string) => ({
  ...privateKey.export({ format: 'jwk' }),
  kid,
  use: 'enc',
});

type Header = Record<string, unknown>;
const HEADER: Header = { alg: 'ECDH-ES', enc: 'A256GCM', kid: 'ec', cty: 'JWT', typ: 'at+jwt' };

/** A good token that is encrypted as a test wants it: properly, for whoever holds the key. */
function seal(
  content: string | Uint8Array = ours.forge(),
  header: Header = {},
  key: Parameters<CompactEncrypt['encrypt']>[0] = EC.publicKey,
): Promise<string> {
  const all = { ...HEADER, ...header } as unknown as CompactJWEHeaderParameters;
  return new CompactEncrypt(Buffer.from(content)).setProtectedHeader(all).encrypt(key);
}

/** A good token with other members in its header, which make it do more before the tag is looked at. */
async function sealedUnder(change: Header): Promise<string> {
  const [, ...rest] = (await seal()).split('.');
  return [encodeSegment({ ...HEADER, ...change }), ...rest].join('.');
}

/** What every byte of a public key is worth as a shared secret. */
const publicBytes = createHash('sha256')
  .update(EC.publicKey.export({ type: 'spki', format: 'der' }))
  .digest();

const trust = ({ issuer, key }: TokenForge) => ({
  issuer,
  audience: AUDIENCE,
  jwks: { keys: [key.jwk] },
});

describe.each(PLATFORMS)('a resource server that reads encrypted tokens, on %s', (platform) => {
  let server: ResourceServer;
  beforeAll(async () => {
    const keys = [decryptionKey(EC, 'ec'), decryptionKey(RSA, 'rsa')];
    server = await ResourceServer.start(platform, {
      trusts: [
        { ...trust(ours), decryption: { keys, algorithms: ['ECDH-ES', 'RSA-OAEP-256'] } },
        { ...trust(theirs), decryption: { keys: [decryptionKey(THEIRS, 'theirs')] } },
        trust(plain),
      ],
    });
  });
  afterAll(() => server.stop());
  // Whatever it was sent, it is still there, and still answers its friends.
  afterEach(async () => expectTokenAccepted(server, await seal()));

  /** Without a byte that looks like the dot between segments, of which there are some by chance. */
  function compressedToken(): Buffer {
    const compressed = deflateRawSync(ours.forge());
    return compressed.includes('.') ? compressedToken() : compressed;
  }

  it.each([
    ['by ECDH-ES', () => seal()],
    ['by RSA-OAEP-256', () => seal(undefined, { alg: 'RSA-OAEP-256', kid: 'rsa' }, RSA.publicKey)],
    ['by another issuer', () => seal(theirs.forge(), { kid: 'theirs' }, THEIRS.publicKey)],
  ])('takes a token that is encrypted %s, again and again', async (_, make) => {
    const token = await make();
    for (let i = 0; i < 3; i += 1) await expectTokenAccepted(server, token);
  });

  it('takes a signed token of an issuer that encrypts nothing', () =>
    expectTokenAccepted(server, plain.forge()));

  const PBES2 = 'PBES2-HS256+A128KW';
  it.each<[string, () => Promise<string>, string]>([
    [
      'a huge p2c',
      () => sealedUnder({ alg: PBES2, p2c: HUGE, p2s: 'c2FsdC1zYWx0' }),
      'password_header',
    ],
    ['a huge p2c beside ECDH-ES', () => sealedUnder({ p2c: HUGE }), 'password_header'],
    ['zip', () => sealedUnder({ zip: 'DEF' }), 'compressed_token'],
    [
      'alg dir, by the public key as the secret',
      () => seal(undefined, { alg: 'dir' }, publicBytes),
      'algorithm_not_allowed',
    ],
    [
      'alg A256KW, by the public key as the secret',
      () => seal(undefined, { alg: 'A256KW' }, publicBytes),
      'algorithm_not_allowed',
    ],
    ['alg RSA1_5', () => sealedUnder({ alg: 'RSA1_5', kid: 'rsa' }), 'algorithm_not_allowed'],
    [
      'alg RSA-OAEP',
      () => seal(undefined, { alg: 'RSA-OAEP', kid: 'rsa' }, RSA.publicKey),
      'algorithm_not_allowed',
    ],
    [
      'enc A128CBC-HS256',
      () => seal(undefined, { enc: 'A128CBC-HS256' }),
      'encryption_not_allowed',
    ],
    ['crit', () => sealedUnder({ crit: ['exp'], exp: 1 }), 'critical_header'],
    ['no kid', () => seal(undefined, { kid: undefined }), 'key_id_missing'],
    ['cty of no JWT', () => seal(undefined, { cty: 'json' }), 'cty_not_jwt'],
    ['no epk', () => sealedUnder({}), 'ephemeral_key'],
    [
      'a header that is no JSON',
      async () => ['eA', ...(await seal()).split('.').slice(1)].join('.'),
      'not_a_json_object',
    ],
  ])('refuses %s before it decrypts anything', async (_, make, reason) => {
    await expectTokenRefused(server, await make(), 'canonical', reason as never);
  });

  it.each<[string, () => Promise<string>, string]>([
    [
      'for somebody else under our kid',
      () => seal(undefined, {}, OTHER.publicKey),
      'decryption_failed',
    ],
    [
      'for somebody else under a kid of theirs',
      () => seal(undefined, { kid: 'other' }, OTHER.publicKey),
      'decryption_key_unknown',
    ],
    [
      'for the key of another trust of ours',
      () => seal(undefined, { kid: 'theirs' }, EC.publicKey),
      'decryption_failed',
    ],
    ['whose last bit is another', async () => flipEnd(await seal()), 'decryption_failed'],
  ])('refuses a token %s', async (_, make, reason) => {
    await expectTokenRefused(server, await make(), 'key', reason as never);
  });

  it('refuses a token of one issuer that is encrypted to the key for another', async () => {
    const token = await seal(ours.forge(), { kid: 'theirs' }, THEIRS.publicKey);
    await expectTokenRefused(server, token, 'trust', 'issuer_not_trusted');
    const ofPlain = await seal(plain.forge());
    await expectTokenRefused(server, ofPlain, 'trust', 'issuer_not_trusted');
  });

  it('refuses in the clear what its issuer has to encrypt', () =>
    expectTokenRefused(server, ours.forge(), 'trust', 'not_encrypted'));

  // Anybody can encrypt to a public key: what counts is the signature inside.
  it.each<[string, () => string | Uint8Array, string, string]>([
    ['claims alone', () => JSON.stringify({ sub: 'alice' }), 'canonical', 'not_a_jws'],
    [
      'an unsigned token',
      () => ours.forge({ header: ours.header({ alg: 'none' }) }),
      'canonical',
      'algorithm_not_allowed',
    ],
    ['a token by a key of nobody', () => stranger.forge(), 'signature', 'signature_mismatch'],
    [
      'a token that has expired',
      () => ours.forge({ payload: ours.claims({ exp: 1, iat: 0 }) }),
      'claims',
      'expired',
    ],
    [
      'a token for somebody else',
      () => ours.forge({ payload: ours.claims({ aud: 'https://b.example' }) }),
      'claims',
      'audience',
    ],
    ['a token that is compressed', () => compressedToken(), 'canonical', 'not_a_jws'],
    ['a bomb', () => deflateRawSync(Buffer.alloc(3_000_000)), 'canonical', 'not_a_jws'],
    ['nothing of use', () => '....', 'canonical', 'encrypted_token'],
  ])('refuses a well-encrypted text with %s inside', async (_, content, stage, reason) => {
    await expectTokenRefused(server, await seal(content()), stage as never, reason as never);
  });

  it('refuses an encrypted token inside an encrypted one', async () => {
    await expectTokenRefused(server, await seal(await seal()), 'canonical', 'encrypted_token');
  });

  it('refuses a token of more than 8 KiB unread', async () => {
    const token = await seal(ours.forge({ payload: ours.claims({ long: 'x'.repeat(8000) }) }));
    await expectTokenRefused(server, token, 'canonical', 'token_too_long');
  });

  it('says of five segments of nothing no more than of any bad token', async () => {
    for (const [token, reason] of [
      ['....', 'not_a_json_object'],
      ['a.b.c.d.e', 'not_base64url'],
    ] as const) {
      await expectTokenRefused(server, token, 'canonical', reason);
    }
  });
});

describe.each(PLATFORMS)('a resource server that asked for no encryption, on %s', (platform) => {
  let server: ResourceServer;
  beforeAll(async () => {
    server = await ResourceServer.start(platform, { trusts: [trust(ours)] });
  });
  afterAll(() => server.stop());
  afterEach(() => expectTokenAccepted(server, ours.forge()));

  it.each<[string, () => Promise<string>]>([
    ['a well-encrypted token', () => seal()],
    ['a huge p2c', () => sealedUnder({ alg: 'PBES2-HS256+A128KW', p2c: HUGE, p2s: 'c2FsdA' })],
    ['alg dir', () => seal(undefined, { alg: 'dir' }, publicBytes)],
    ['zip', () => sealedUnder({ zip: 'DEF' })],
    ['anything', async () => 'a.b.c.d.e'],
  ])('refuses five segments unread: %s', async (_, make) => {
    await expectTokenRefused(server, await make(), 'canonical', 'encrypted_token');
  });
});

function flipEnd(token: string): string {
  const [tag = '', ...rest] = token.split('.').reverse();
  const bytes = Buffer.from(tag, 'base64url');
  bytes[15] = (bytes[15] ?? 0) ^ 1;
  return [...rest.reverse(), bytes.toString('base64url')].join('.');
}
