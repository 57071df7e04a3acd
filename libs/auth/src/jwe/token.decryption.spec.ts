import { randomBytes } from 'node:crypto';
import { type KeyManagementAlgorithm } from '@keyward/oauth';
import { CompactEncrypt, type CompactJWEHeaderParameters, exportJWK, generateKeyPair } from 'jose';
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
import { generateSigningKey } from '../testing/signing-key.js';
import { type DecryptionOptions } from './decryption.options.js';

const pairOf = async (alg: string, kid: string, options: object = {}) => {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, ...options });
  return { publicKey, jwk: { ...(await exportJWK(privateKey)), kid, use: 'enc' } };
};
const P256 = await pairOf('ECDH-ES', 'ec', { crv: 'P-256' });
const X25519 = await pairOf('ECDH-ES', 'okp', { crv: 'X25519' });
const RSA = await pairOf('RSA-OAEP-256', 'rsa');
const OTHER = await pairOf('ECDH-ES', 'ec', { crv: 'P-256' });
const SIGNER = generateSigningKey('ES256');

const DECRYPTION: DecryptionOptions = {
  keys: [P256.jwk, X25519.jwk, RSA.jwk],
  algorithms: ['ECDH-ES', 'RSA-OAEP-256'],
};
const trust = (decryption?: DecryptionOptions) => trustIn([SIGNER], { decryption });
const verifier = verifierOf([trust(DECRYPTION)]);
const HEADER = { alg: 'ECDH-ES', enc: 'A256GCM', kid: 'ec', cty: 'JWT', typ: 'at+jwt' };

/** What the authorization server sends: `jose` is the other side of every test. */
const seal = (
  content = forgeToken(SIGNER),
  header: Record<string, unknown> = {},
  { publicKey } = P256,
  setUp: (jwe: CompactEncrypt) => CompactEncrypt = (jwe) => jwe,
) =>
  setUp(
    new CompactEncrypt(Buffer.from(content)).setProtectedHeader({
      ...HEADER,
      ...header,
    } as unknown as CompactJWEHeaderParameters),
  ).encrypt(publicKey);

/** Another header on the same rest; its tag is wrong then, so a refusal for it came too late. */
const reheaded = (jwe: string, change: Record<string, unknown>) => {
  const [header = '', ...rest] = jwe.split('.');
  const before = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
  const text = JSON.stringify({ ...before, ...change });
  return [Buffer.from(text).toString('base64url'), ...rest].join('.');
};
const resegmented = (jwe: string, index: number, change: (segment: string) => string) =>
  jwe
    .split('.')
    .map((segment, i) => (i === index ? change(segment) : segment))
    .join('.');
const flipped = (segment: string) => {
  const bytes = Buffer.from(segment, 'base64url');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString('base64url');
};

describe('a trust that asks for encryption', () => {
  it.each([
    ['ECDH-ES on P-256', P256, { kid: 'ec' }],
    ['ECDH-ES on X25519', X25519, { kid: 'okp' }],
    ['RSA-OAEP-256', RSA, { kid: 'rsa', alg: 'RSA-OAEP-256' }],
  ])('reads what jose encrypts by %s', async (_, pair, header) => {
    const principal = await verifier.verify(await seal(undefined, header, pair));
    expect(principal).toMatchObject({ issuer: ISSUER, subject: CLAIMS.sub, audience: [AUDIENCE] });
  });

  it('takes the names of both parties into the derivation', async () => {
    const token = await seal(undefined, {}, P256, (jwe) =>
      jwe.setKeyManagementParameters({ apu: Buffer.from('Alice'), apv: Buffer.from('Bob') }),
    );
    expect(await outcomeOf(verifier, token)).toBe('accepted');
    const other = reheaded(token, { apv: Buffer.from('Eve').toString('base64url') });
    expect(await outcomeOf(verifier, other)).toBe('key: decryption_failed');
  });

  it.each([
    ['without typ', { typ: undefined }],
    ['of typ JWT', { typ: 'JWT' }],
    ['of cty jwt', { cty: 'jwt' }],
  ])('reads a token %s', async (_, header) => {
    expect(await outcomeOf(verifier, await seal(undefined, header))).toBe('accepted');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['compressed: a zip bomb', { zip: 'DEF' }, 'canonical: compressed_token'],
    ['with a huge p2c', { p2c: 2_000_000_000 }, 'canonical: password_header'],
    ['with p2s', { p2s: 'AAAA' }, 'canonical: password_header'],
    [
      'of PBES2 with a huge p2c',
      { alg: 'PBES2-HS512+A256KW', p2c: 2_000_000_000, p2s: 'AAAA' },
      'canonical: password_header',
    ],
    ['of PBES2', { alg: 'PBES2-HS256+A128KW' }, 'canonical: algorithm_not_allowed'],
    ['of alg dir', { alg: 'dir' }, 'canonical: algorithm_not_allowed'],
    ['of alg A256KW', { alg: 'A256KW' }, 'canonical: algorithm_not_allowed'],
    ['of alg A256GCMKW', { alg: 'A256GCMKW' }, 'canonical: algorithm_not_allowed'],
    ['of alg RSA1_5', { alg: 'RSA1_5', kid: 'rsa' }, 'canonical: algorithm_not_allowed'],
    ['of alg RSA-OAEP', { alg: 'RSA-OAEP', kid: 'rsa' }, 'canonical: algorithm_not_allowed'],
    ['of alg ECDH-ES+A256KW', { alg: 'ECDH-ES+A256KW' }, 'canonical: algorithm_not_allowed'],
    ['of an alg that is no text', { alg: 1 }, 'canonical: algorithm_type'],
    ['downgraded to A128CBC-HS256', { enc: 'A128CBC-HS256' }, 'canonical: encryption_not_allowed'],
    ['downgraded to A128GCM', { enc: 'A128GCM' }, 'canonical: encryption_not_allowed'],
    ['without enc', { enc: undefined }, 'canonical: encryption_not_allowed'],
    ['with crit', { crit: ['exp'], exp: 1 }, 'canonical: critical_header'],
    ['with b64', { b64: false }, 'canonical: unencoded_payload'],
    ['without kid', { kid: undefined }, 'canonical: key_id_missing'],
    ['with a kid that is no text', { kid: 7 }, 'canonical: key_id_type'],
    ['with an unknown kid', { kid: 'x' }, 'key: decryption_key_unknown'],
    ['with the kid of an RSA key', { kid: 'rsa' }, 'key: key_algorithm'],
    ['without cty', { cty: undefined }, 'canonical: cty_not_jwt'],
    ['of another cty', { cty: 'JSON' }, 'canonical: cty_not_jwt'],
    ['of another typ', { typ: 'logout+jwt' }, 'canonical: typ_not_allowed'],
    ['without epk', { epk: undefined }, 'canonical: ephemeral_key'],
    ['with an epk that is a text', { epk: 'x' }, 'canonical: ephemeral_key'],
    ['with a list for an epk', { epk: [] }, 'canonical: ephemeral_key'],
  ])('refuses a token %s, before any key is used', async (_, change, outcome) => {
    expect(await outcomeOf(verifier, reheaded(await seal(), change))).toBe(outcome);
  });

  it.each<[string, (epk: Record<string, string>) => object]>([
    ['on another curve', (epk) => ({ ...epk, crv: 'P-384' })],
    ['off its curve: an invalid point', (epk) => ({ ...epk, y: epk['x'] })],
    ['at infinity', (epk) => ({ ...epk, x: 'A'.repeat(43), y: 'A'.repeat(43) })],
    ['with a private half', (epk) => ({ ...epk, d: epk['x'] })],
    ['with a short coordinate', (epk) => ({ ...epk, x: 'AAAA' })],
    ['with a coordinate that is not canonical', (epk) => ({ ...epk, x: `${epk['x']}=` })],
    ['with another member', (epk) => ({ ...epk, kid: 'x' })],
  ])('refuses an epk %s', async (_, change) => {
    const token = await seal();
    const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as {
      epk: Record<string, string>;
    };
    const forged = reheaded(token, { epk: change(header.epk) });
    expect(await outcomeOf(verifier, forged)).toBe('canonical: ephemeral_key');
  });

  // RFC 7748 section 6.1: every one of these agrees with any key on zeros.
  it.each([
    ['zero', Buffer.alloc(32)],
    ['one', Buffer.concat([Buffer.from([1]), Buffer.alloc(31)])],
    [
      'of order 8',
      Buffer.from('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800', 'hex'),
    ],
  ])('refuses an X25519 point of small order: %s', async (_, x) => {
    const epk = { kty: 'OKP', crv: 'X25519', x: x.toString('base64url') };
    const token = reheaded(await seal(undefined, { kid: 'okp' }, X25519), { epk });
    expect(await outcomeOf(verifier, token)).toBe('canonical: ephemeral_key');
  });

  it('refuses a token for another recipient, though its kid is ours', async () => {
    const token = await seal(undefined, {}, OTHER);
    expect(await outcomeOf(verifier, token)).toBe('key: decryption_failed');
  });

  it.each([
    ['header', 0, 'key: decryption_failed'],
    ['iv', 2, 'key: decryption_failed'],
    ['ciphertext', 3, 'key: decryption_failed'],
    ['tag', 4, 'key: decryption_failed'],
  ])('refuses a token whose %s was tampered with', async (_, index, outcome) => {
    const token = await seal();
    const changed = index === 0 ? reheaded(token, { x: 1 }) : resegmented(token, index, flipped);
    expect(await outcomeOf(verifier, changed)).toBe(outcome);
  });

  it.each([
    ['a tampered encrypted key', (segment: string) => flipped(segment)],
    [
      'an encrypted key that no padding fits',
      () => randomBytes(256).fill(0, 0, 1).toString('base64url'),
    ],
  ])('says of RSA with %s no more than of a wrong tag', async (_, change) => {
    const token = await seal(undefined, { kid: 'rsa', alg: 'RSA-OAEP-256' }, RSA);
    const changed = resegmented(token, 1, change);
    expect(await outcomeOf(verifier, changed)).toBe('key: decryption_failed');
  });

  it('refuses parts of another size', async () => {
    const ec = await seal();
    const rsa = await seal(undefined, { kid: 'rsa', alg: 'RSA-OAEP-256' }, RSA);
    for (const token of [
      resegmented(ec, 1, () => 'AAAA'),
      resegmented(ec, 2, () => 'AAAA'),
      resegmented(ec, 3, () => ''),
      resegmented(ec, 4, (tag) => tag.slice(0, 16)),
      resegmented(rsa, 1, (key) => key.slice(4)),
    ]) {
      expect(await outcomeOf(verifier, token)).toBe('canonical: not_a_jwe');
    }
    const rsaWithEpk = reheaded(rsa, { epk: {} });
    expect(await outcomeOf(verifier, rsaWithEpk)).toBe('canonical: ephemeral_key');
  });

  it.each([0, 1, 2, 3, 4])('refuses segment %d where it is not canonical', async (index) => {
    const token = await seal(undefined, { kid: 'rsa', alg: 'RSA-OAEP-256' }, RSA);
    const padded = resegmented(token, index, (segment) => `${segment}=`);
    expect(await outcomeOf(verifier, padded)).toBe('canonical: not_base64url');
  });

  it('refuses a header with a member twice', async () => {
    const token = await seal();
    const twice = resegmented(token, 0, (header) => {
      const text = Buffer.from(header, 'base64url').toString();
      return Buffer.from(text.replace('{', '{"alg":"dir",')).toString('base64url');
    });
    expect(await outcomeOf(verifier, twice)).toBe('canonical: duplicate_member');
  });

  it('refuses a token in the clear, unless it says that it need not be encrypted', async () => {
    expect(await outcomeOf(verifier, forgeToken(SIGNER))).toBe('trust: not_encrypted');
    const either = verifierOf([trust({ ...DECRYPTION, required: false })]);
    expect(await outcomeOf(either, forgeToken(SIGNER))).toBe('accepted');
    expect(await outcomeOf(either, await seal())).toBe('accepted');
  });

  it('holds what is inside to every rule of a signed token', async () => {
    const sealed = async (content: string) => outcomeOf(verifier, await seal(content));
    const [header = '', payload = ''] = forgeToken(SIGNER).split('.');
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    expect(await sealed(await seal())).toBe('canonical: encrypted_token');
    expect(await sealed(`${none}.${payload}.`)).toBe('canonical: not_a_jws');
    expect(await sealed(`${none}.${payload}.AAAA`)).toBe('canonical: algorithm_not_allowed');
    expect(await sealed(`${header}.${payload}.AAAA`)).toBe('signature: signature_mismatch');
    expect(await sealed('a text')).toBe('canonical: not_a_jws');
    expect(await sealed('\u00e9.\u00e9.\u00e9')).toBe('canonical: not_base64url');
    const idToken = forgeToken(SIGNER, { header: { alg: 'ES256', kid: SIGNER.kid, typ: 'JWT' } });
    expect(await sealed(idToken)).toBe('canonical: typ_not_allowed');
    const elsewhere = forgeToken(SIGNER, { payload: { ...CLAIMS, aud: 'https://other.example' } });
    expect(await sealed(elsewhere)).toBe('claims: audience');
  });

  it('decrypts a token once: it is remembered by its own hash, and expires like any other', async () => {
    let nowMs = NOW * 1000;
    const remembering = verifierOf([trust(DECRYPTION)], () => nowMs);
    const token = await seal();
    const first = await remembering.verify(token);
    expect(await remembering.verify(token)).toBe(first);
    expect(remembering.cacheStatistics()).toMatchObject({ entries: 1, hits: 1 });
    nowMs = (CLAIMS.exp + 6) * 1000;
    expect(await outcomeOf(remembering, token)).toBe('claims: expired');
  });
});

describe('several trusts', () => {
  const OTHER_ISSUER = 'https://other.example';
  const otherTrust = (decryption?: DecryptionOptions) => ({
    ...trustIn([SIGNER], { decryption }),
    issuer: OTHER_ISSUER,
  });
  const theirs = () => forgeToken(SIGNER, { payload: { ...CLAIMS, iss: OTHER_ISSUER } });

  it('refuse five segments unread where none asks for them', async () => {
    const open = verifierOf([trust(), otherTrust()]);
    expect(await outcomeOf(open, await seal())).toBe('canonical: encrypted_token');
    expect(await outcomeOf(open, '!.!.!.!.!')).toBe('canonical: encrypted_token');
  });

  it('refuse an encrypted token of an issuer that did not ask for encryption', async () => {
    const mixed = verifierOf([trust(DECRYPTION), otherTrust()]);
    expect(await outcomeOf(mixed, await seal(theirs()))).toBe('trust: issuer_not_trusted');
    expect(await outcomeOf(mixed, theirs())).toBe('accepted');
    expect(await outcomeOf(mixed, await seal())).toBe('accepted');
  });

  it('may share a key, and otherwise have their own', async () => {
    const keys = (jwk: object): DecryptionOptions => ({ keys: [jwk] });
    const shared = verifierOf([trust(keys(P256.jwk)), otherTrust(keys(P256.jwk))]);
    expect(await outcomeOf(shared, await seal())).toBe('accepted');
    expect(await outcomeOf(shared, await seal(theirs()))).toBe('accepted');
    const own = verifierOf([trust(keys(P256.jwk)), otherTrust(keys(X25519.jwk))]);
    expect(await outcomeOf(own, await seal(theirs()))).toBe('trust: issuer_not_trusted');
    const toTheirs = await seal(theirs(), { kid: 'okp' }, X25519);
    expect(await outcomeOf(own, toTheirs)).toBe('accepted');
    expect(() => verifierOf([trust(keys(P256.jwk)), otherTrust(keys(OTHER.jwk))])).toThrow(
      'two different decryption keys have the kid ec',
    );
  });
});

describe('the signed token inside', () => {
  it('is what to exchange for another; a token in the clear is that itself', async () => {
    const signed = forgeToken(SIGNER);
    expect(verifier.signedTokenIn(await seal(signed))).toBe(signed);
    expect(verifier.signedTokenIn(signed)).toBe(signed);
  });

  it('is not to be had of what is encrypted to somebody else', async () => {
    const token = await seal(undefined, {}, OTHER);
    expect(() => verifier.signedTokenIn(token)).toThrow('decryption_failed');
  });
});

describe('decryption options', () => {
  const publicHalf = async () => ({ ...(await exportJWK(P256.publicKey)), kid: 'p' });
  it.each<[string, () => Promise<DecryptionOptions>, RegExp]>([
    ['no key', async () => ({ keys: [] }), /at least one key/],
    ['a key without kid', async () => ({ keys: [{ ...P256.jwk, kid: undefined }] }), /needs a kid/],
    ['a public key', async () => ({ keys: [await publicHalf()] }), /not a private key/],
    ['a key for signatures', async () => ({ keys: [{ ...P256.jwk, use: 'sig' }] }), /not for enc/],
    ['a key of another alg', async () => ({ keys: [{ ...P256.jwk, alg: 'ECDH' }] }), /another alg/],
    ['a secret', async () => ({ keys: [{ kty: 'oct', k: 'AAAA', kid: 'o' }] }), /neither P-256/],
    ['RSA that nobody spelled out', async () => ({ keys: [RSA.jwk] }), /not on the list/],
    [
      'an algorithm that is not known',
      async () => ({ keys: [P256.jwk], algorithms: ['dir' as KeyManagementAlgorithm] }),
      /dir is none of/,
    ],
  ])('are refused with %s', async (_, options, message) => {
    const decryption = await options();
    expect(() => verifierOf([trust(decryption)])).toThrow(message);
    expect(() => verifierOf([trust(decryption)])).toThrow(`trust ${ISSUER}: `);
  });
});
