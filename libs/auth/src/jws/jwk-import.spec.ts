/** Which JSON Web Keys are used, which are passed over, and which are refused for a broken rule. */
import { randomBytes, type JsonWebKey } from 'node:crypto';
import { ASYMMETRIC_ALGORITHMS } from '@keyward/oauth';
import { generateKeyPair } from '../testing/key-pair.js';
import { generateSigningKey } from '../testing/signing-key.js';
import { without } from '../spec-support/without.js';
import { importPublicJwk, UnusableKeyError } from './jwk-import.js';
import { type JsonObject } from './strict-json.js';

const EC = generateSigningKey('ES256', 'ec').publicJwk;
const RSA = generateSigningKey('RS256', 'rsa').publicJwk;
const ED = generateSigningKey('EdDSA', 'ed').publicJwk;
const P384 = generateSigningKey('ES384', 'p384').publicJwk;

const base64url = (bytes: Uint8Array | readonly number[]): string =>
  Buffer.from(bytes).toString('base64url');

function rsa(modulusLength: number, publicExponent = 65_537): JsonWebKey {
  const { publicKey } = generateKeyPair({ type: 'rsa', modulusLength, publicExponent });
  return publicKey.export({ format: 'jwk' });
}

function outcome(jwk: object): string {
  try {
    const key = importPublicJwk(jwk as JsonObject, ASYMMETRIC_ALGORITHMS);
    return key === undefined ? 'passed over' : key.algorithms.join(' ');
  } catch (error) {
    if (!(error instanceof UnusableKeyError)) throw error;
    return error.message;
  }
}

describe('importPublicJwk', () => {
  it.each([
    ['a P-256 key', EC, 'ES256'],
    ['a P-384 key', P384, 'ES384'],
    ['an Ed25519 key', ED, 'EdDSA'],
    ['an Ed25519 key by its RFC 9864 name', { ...ED, alg: 'Ed25519' }, 'EdDSA'],
    ['an RSA key of one algorithm', RSA, 'RS256'],
    ['an RSA key of none', without(RSA, 'alg'), 'RS256 RS384 RS512 PS256 PS384 PS512'],
    ['a key without kid', without(EC, 'kid'), 'ES256'],
    ['a key without use', without(EC, 'use'), 'ES256'],
    ['a key for verifying among others', { ...EC, key_ops: ['sign', 'verify'] }, 'ES256'],
    ['a key with members of its issuer', { ...EC, x5c: ['!'], jku: 'x', 'x-note': {} }, 'ES256'],
    ['RSA with exponent 3', rsa(2048, 3), 'RS256 RS384 RS512 PS256 PS384 PS512'],
    ['a kid of 256 characters', { ...EC, kid: 'k'.repeat(256) }, 'ES256'],
  ])('uses %s', (_, jwk, algorithms) => {
    expect(outcome(jwk)).toBe(algorithms);
  });

  it.each([
    ['a key for encryption', { ...RSA, use: 'enc' }],
    ['a use that is no string', { ...RSA, use: ['sig'] }],
    ['a key that may only sign', { ...EC, key_ops: ['sign'] }],
    ['a key that may do nothing', { ...EC, key_ops: [] }],
    ['a key for key agreement', { ...EC, alg: 'ECDH-ES' }],
    ['a key for key encryption', { ...RSA, alg: 'RSA-OAEP-256' }],
    ['an algorithm of another type', { ...RSA, alg: 'ES256' }],
    ['an algorithm of another curve', { ...EC, alg: 'ES384' }],
    ['HS256 on a public key', { ...RSA, alg: 'HS256' }],
    ['none on a public key', { ...RSA, alg: 'none' }],
    ['an algorithm that is no string', { ...EC, alg: ['ES256'] }],
    ['an algorithm in another case', { ...EC, alg: 'es256' }],
    ['a curve that no algorithm has', { ...EC, crv: 'secp256k1', alg: undefined }],
    ['X25519', { kty: 'OKP', crv: 'X25519', x: base64url(randomBytes(32)) }],
    ['Ed448', { kty: 'OKP', crv: 'Ed448', x: base64url(randomBytes(57)) }],
    ['a type that nobody knows', { kty: 'XYZ', kid: 'x' }],
    ['a type in another case', { ...EC, kty: 'ec' }],
    ['no type', without(EC, 'kty')],
  ])('passes over %s', (_, jwk) => {
    expect(outcome(jwk)).toBe('passed over');
  });

  it.each([
    ['a symmetric key', { kty: 'oct', k: base64url(randomBytes(32)) }, /symmetric/],
    ['a symmetric key for another use', { kty: 'oct', k: 'AA', use: 'enc' }, /symmetric/],
    ['a private EC key', { ...EC, d: 'AA' }, /private/],
    ['a private member that is no string', { ...EC, d: 0 }, /private/],
    ['a private RSA key', { ...RSA, p: 'AA' }, /private/],
    ['an RSA key with other primes', { ...RSA, oth: [] }, /private/],
    ['a secret on a public key', { ...EC, k: 'AA' }, /private/],
    ['RSA of 1024 bits', rsa(1024), /1024 bits/],
    ['RSA of 2040 bits', rsa(2040), /2040 bits/],
    ['RSA of 16392 bits', { ...RSA, n: base64url(Buffer.alloc(2049, 0xff)) }, /above 16384/],
    ['exponent 1', { ...RSA, e: 'AQ' }, /exponent 1$/],
    ['exponent 0', { ...RSA, e: 'AA' }, /exponent 0|not a public key/],
    ['exponent 2', { ...RSA, e: 'Ag' }, /exponent 2$/],
    ['an even exponent', { ...RSA, e: base64url([1, 0, 0]) }, /exponent 65536$/],
    ['an exponent of 65 bits', { ...RSA, e: base64url([1, 0, 0, 0, 0, 0, 0, 0, 1]) }, /exponent/],
    ['an exponent as long as the modulus', { ...RSA, e: RSA['n'] }, /exponent/],
    ['no exponent', without(RSA, 'e'), /member e/],
    ['no modulus', without(RSA, 'n'), /member n/],
    ['an empty modulus', { ...RSA, n: '' }, /member n/],
    ['a modulus with padding', { ...RSA, n: `${String(RSA['n'])}==` }, /member n/],
    ['a modulus with a line feed', { ...RSA, n: `${String(RSA['n'])}\n` }, /member n/],
    ['an exponent as a number', { ...RSA, e: 65_537 }, /member e/],
    ['no x', without(EC, 'x'), /member x/],
    ['no y', without(EC, 'y'), /member y/],
    ['x in plain base64', { ...EC, x: '+/'.repeat(22) }, /member x/],
    ['spare bits in x', { ...EC, x: `${base64url(Buffer.alloc(32)).slice(0, -1)}B` }, /member x/],
    ['a point off the curve', { ...EC, y: EC['x'] }, /not a public key/],
    ['the point at infinity', { ...EC, x: base64url([0]), y: base64url([0]) }, /not a public key/],
    [
      'a coordinate above the field',
      { ...EC, x: base64url(Buffer.alloc(32, 0xff)) },
      /not a public key/,
    ],
    ['a coordinate of 33 bytes', { ...EC, x: base64url(Buffer.alloc(33, 1)) }, /not a public key/],
    ['coordinates of another curve', { ...EC, x: P384['x'], y: P384['y'] }, /not a public key/],
    [
      'an Ed25519 key of 31 bytes',
      { ...ED, x: base64url(Buffer.alloc(31, 1)) },
      /not a public key/,
    ],
    [
      'an Ed25519 key of 33 bytes',
      { ...ED, x: base64url(Buffer.alloc(33, 1)) },
      /not a public key/,
    ],
    ['key_ops that is no array', { ...EC, key_ops: 'encrypt' }, /key_ops/],
    ['a kid that is a number', { ...EC, kid: 1 }, /kid/],
    ['a kid that is null', { ...EC, kid: null }, /kid/],
    ['a kid that is empty', { ...EC, kid: '' }, /kid/],
    ['a kid that is an object', { ...EC, kid: {} }, /kid/],
    ['a kid of 257 characters', { ...EC, kid: 'k'.repeat(257) }, /kid/],
  ])('refuses %s', (_, jwk, message) => {
    expect(outcome(jwk)).toMatch(message);
  });

  it('imports only for the algorithms that the trust allows', () => {
    expect(importPublicJwk(RSA, ['ES256', 'PS256'])).toBeUndefined();
    expect(importPublicJwk(without(RSA, 'alg'), ['PS256'])?.algorithms).toEqual(['PS256']);
    expect(importPublicJwk(RSA, [])).toBeUndefined();
  });

  it('names the key in the error, where the key has a name', () => {
    expect(() => importPublicJwk({ ...EC, d: 'AA' }, ['ES256'])).toThrow(
      expect.objectContaining({ name: 'UnusableKeyError', kid: 'ec' }) as Error,
    );
  });

  it('calls two keys the same only where kid, material and algorithms are', () => {
    const of = (jwk: JsonObject): string | undefined =>
      importPublicJwk(jwk, ASYMMETRIC_ALGORITHMS)?.fingerprint;
    expect(of({ ...RSA, 'x-note': 'new' })).toBe(of(RSA));
    expect(of({ ...RSA, kid: 'other' })).not.toBe(of(RSA));
    expect(of(without(RSA, 'alg'))).not.toBe(of(RSA));
    expect(of({ ...RSA, e: 'Aw' })).not.toBe(of(RSA));
  });
});
