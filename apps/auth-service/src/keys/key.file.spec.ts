import { type KeyObject } from 'node:crypto';
import { exportJWK } from 'jose';
import { SIGNING_ALGORITHMS } from '../config/environment.schema.js';
import { KeyImportError, readKeyFile } from './key.file.js';
import { thumbprintOf } from './key.thumbprint.js';
import { makeKeyPair } from './signature.js';

const PASSPHRASE = 'correct horse';
const ENCRYPTED = { cipher: 'aes-256-cbc', passphrase: PASSPHRASE };

const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1', more: object = {}) =>
  key.export({ format: 'pem', type, ...more } as never) as unknown as string;
const jwk = async (key: KeyObject, more: object = {}) =>
  JSON.stringify({ ...(await exportJWK(key)), ...more });

describe('readKeyFile', () => {
  let ec: Awaited<ReturnType<typeof makeKeyPair>>;
  let rsa: Awaited<ReturnType<typeof makeKeyPair>>;
  beforeAll(async () => {
    [ec, rsa] = await Promise.all([makeKeyPair('ES256'), makeKeyPair('RS256')]);
  }, 60_000);

  it.each([
    ['PKCS#8', () => pem(ec.privateKey, 'pkcs8'), () => ec],
    ['SEC1', () => pem(ec.privateKey, 'sec1'), () => ec],
    ['PKCS#1', () => pem(rsa.privateKey, 'pkcs1'), () => rsa],
    ['encrypted PKCS#8', () => pem(ec.privateKey, 'pkcs8', ENCRYPTED), () => ec],
    ['encrypted SEC1', () => pem(ec.privateKey, 'sec1', ENCRYPTED), () => ec],
    ['encrypted PKCS#1', () => pem(rsa.privateKey, 'pkcs1', ENCRYPTED), () => rsa],
    ['a JWK', () => jwk(ec.privateKey), () => ec],
    ['a JWK of RSA', () => jwk(rsa.privateKey, { use: 'sig', kid: 'k' }), () => rsa],
  ])('reads %s', async (_, text, pair) => {
    const { privateKey, publicJwk } = await readKeyFile(await text(), PASSPHRASE);
    expect(privateKey.equals(pair().privateKey)).toBe(true);
    const own = await exportJWK(pair().publicKey);
    expect(publicJwk).toEqual(own);
    expect(await thumbprintOf(publicJwk)).toBe(await thumbprintOf(own));
  });

  it.each(SIGNING_ALGORITHMS)('knows or asks what a key is for: %s', async (algorithm) => {
    const { privateKey } = await makeKeyPair(algorithm);
    const isRsa = algorithm === 'RS256' || algorithm === 'PS256';
    const bare = await readKeyFile(pem(privateKey, 'pkcs8'));
    expect(bare).toMatchObject({ algorithm: isRsa ? null : algorithm, isNamed: false });
    const named = await readKeyFile(await jwk(privateKey, { alg: algorithm }));
    expect(named).toMatchObject({ algorithm, isNamed: true });
  });

  it.each([
    [
      'a public PEM',
      () => ec.publicKey.export({ format: 'pem', type: 'spki' }),
      /PUBLIC KEY: the p/,
    ],
    ['a public JWK', () => jwk(ec.publicKey), /public key/],
    ['a symmetric JWK', () => '{"kty":"oct","k":"c2VjcmV0","d":"x"}', /symmetric/],
    ['a JWK Set', async () => `{"keys":[${await jwk(ec.privateKey)}]}`, /JWK Set/],
    ['a JWK for encryption', () => jwk(ec.privateKey, { use: 'enc' }), /"enc"/],
    ['a JWK for HS256', () => jwk(ec.privateKey, { alg: 'HS256' }), /"HS256"/],
    ['a damaged JWK', () => jwk(ec.privateKey, { x: undefined }), /damaged/],
    ['what is no JSON', () => '{"d":"secret-value"', /no JSON/],
    ['a damaged PEM', () => pem(ec.privateKey, 'pkcs8').replace(/\n.{20}/, '\nAAAA'), /damaged/],
    ['a key of OpenSSH', () => '-----BEGIN OPENSSH PRIVATE KEY-----\n', /OpenSSH/],
    ['a certificate', () => '-----BEGIN CERTIFICATE-----\n', /CERTIFICATE/],
    ['nothing of the kind', () => 'hello', /neither PEM nor a JWK/],
  ])('refuses %s', async (_, text, reason) => {
    const refused = readKeyFile(String(await text()), PASSPHRASE);
    await expect(refused).rejects.toThrow(KeyImportError);
    await expect(refused).rejects.toThrow(reason);
  });

  it('says that it needs a passphrase, and that one is wrong', async () => {
    const text = pem(ec.privateKey, 'pkcs8', ENCRYPTED);
    await expect(readKeyFile(text)).rejects.toThrow(/passphrase is needed/);
    await expect(readKeyFile(text, 'wrong')).rejects.toThrow(/passphrase is wrong/);
  });

  it('never quotes the key', async () => {
    const text = `{"d":"secret-value`;
    const refused = await readKeyFile(text).catch((error: unknown) => error);
    expect(String(refused)).not.toContain('secret-value');
  });
});
