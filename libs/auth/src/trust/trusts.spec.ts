/** Options that are wrong stop the application, each with a TypeError that says what is wrong. */
import { randomBytes } from 'node:crypto';
import {
  AUDIENCE,
  ISSUER,
  SILENT,
  trustIn,
  verifierOf,
} from '../spec-support/access-token.fixture.js';
import { FixedKeySource } from '../jwks/fixed-key-source.js';
import { generateSigningKey } from '../testing/signing-key.js';
import { type TrustOptions } from './trust.options.js';
import { createTrusts } from './trusts.js';

const KEY = generateSigningKey('ES256', 'es');
const RSA = generateSigningKey('RS256', 'rs');
const SECRET = randomBytes(64);
const REMOTE = { issuer: ISSUER, audience: AUDIENCE };

const create = (...options: unknown[]): unknown =>
  createTrusts(options as TrustOptions[], SILENT, Date.now);

describe('createTrusts', () => {
  it.each<[string, object]>([
    ['the least that there is to say', REMOTE],
    ['several audiences', { ...REMOTE, audience: [AUDIENCE, 'https://other.example'] }],
    ['a URL of keys', { ...REMOTE, jwksUri: 'https://keys.example/jwks' }],
    ['an issuer on this machine', { ...REMOTE, issuer: 'http://127.0.0.1:4000' }],
    ['http that was asked for by name', { ...REMOTE, issuer: 'http://as', insecureHttp: true }],
    ['keys', trustIn([KEY, RSA])],
    ['a secret', { ...REMOTE, secret: SECRET, algorithms: ['HS256', 'HS512'] }],
    ['keys of the application itself', { ...REMOTE, keySource: new FixedKeySource([]) }],
    ['no tolerance', { ...REMOTE, clockToleranceSeconds: 0 }],
    ['the highest tolerance', { ...REMOTE, clockToleranceSeconds: 300 }],
  ])('accepts %s', (_, options) => {
    expect(() => create(options)).not.toThrow();
  });

  it.each<[string, object, RegExp]>([
    ['no audience', { issuer: ISSUER }, /needs an audience/],
    ['an empty list of audiences', { ...REMOTE, audience: [] }, /no audience/],
    ['an empty audience', { ...REMOTE, audience: '' }, /needs an audience/],
    [
      'an empty audience among others',
      { ...REMOTE, audience: [AUDIENCE, ''] },
      /needs an audience/,
    ],
    [
      'an empty issuer',
      { ...REMOTE, issuer: '', jwksUri: 'https://keys.example' },
      /needs an issuer/,
    ],
    ['no algorithm', { ...REMOTE, algorithms: [] }, /no algorithm/],
    ['the algorithm none', { ...REMOTE, algorithms: ['none'] }, /none are not all asymmetric/],
    ['an algorithm in lower case', { ...REMOTE, algorithms: ['es256'] }, /es256/],
    ['HMAC for keys from the network', { ...REMOTE, algorithms: ['HS256'] }, /HS256/],
    ['HMAC beside an asymmetric algorithm', { ...REMOTE, algorithms: ['ES256', 'HS256'] }, /HS256/],
    [
      'an asymmetric algorithm for a secret',
      { ...REMOTE, secret: SECRET, algorithms: ['ES256'] },
      /a secret goes with/,
    ],
    [
      'both for a secret',
      { ...REMOTE, secret: SECRET, algorithms: ['HS256', 'RS256'] },
      /a secret goes with/,
    ],
    ['a secret without an algorithm', { ...REMOTE, secret: SECRET }, /a secret goes with/],
    [
      'a short secret',
      { ...REMOTE, secret: SECRET.subarray(0, 31), algorithms: ['HS256'] },
      /31 bytes/,
    ],
    ['an empty secret', { ...REMOTE, secret: Buffer.alloc(0), algorithms: ['HS256'] }, /0 bytes/],
    [
      'a secret short for one of two',
      { ...REMOTE, secret: SECRET.subarray(0, 32), algorithms: ['HS256', 'HS512'] },
      /HS512/,
    ],
    ['keys and a URL', { ...trustIn([KEY]), jwksUri: 'https://keys.example' }, /give one of/],
    [
      'keys of the application and a URL',
      { ...REMOTE, keySource: new FixedKeySource([]), jwksUri: 'https://keys.example' },
      /give one of/,
    ],
    [
      'HMAC for keys of the application',
      { ...REMOTE, keySource: new FixedKeySource([]), algorithms: ['HS256'] },
      /HS256/,
    ],
    ['keys and a secret', { ...trustIn([KEY]), secret: SECRET }, /give one of/],
    [
      'a secret and a URL',
      { ...REMOTE, secret: SECRET, jwksUri: 'https://keys.example' },
      /give one of/,
    ],
    ['an issuer over http', { ...REMOTE, issuer: 'http://as.example' }, /insecureHttp/],
    ['keys over http', { ...REMOTE, jwksUri: 'http://as.example/jwks' }, /insecureHttp/],
    ['an issuer that is no URL, to ask for keys', { ...REMOTE, issuer: 'as.example' }, /not a URL/],
    ['a key set without keys', { ...REMOTE, jwks: { keys: [] } }, /no key fits/],
    [
      'a key that fits no algorithm',
      trustIn([RSA], { algorithms: ['ES256'] } as object),
      /no key fits/,
    ],
    [
      'a private key',
      { ...REMOTE, jwks: { keys: [{ ...KEY.publicJwk, d: 'AA' }] } },
      /es: has private members/,
    ],
    [
      'one bad key among good ones',
      { ...REMOTE, jwks: { keys: [KEY.publicJwk, { kty: 'oct', k: 'AA' }] } },
      /without kid: a symmetric key/,
    ],
    ['a negative tolerance', { ...REMOTE, clockToleranceSeconds: -1 }, /clockToleranceSeconds/],
    ['a tolerance above five minutes', { ...REMOTE, clockToleranceSeconds: 301 }, /above 300/],
    [
      'a tolerance that is no number',
      { ...REMOTE, clockToleranceSeconds: NaN },
      /clockToleranceSeconds/,
    ],
    ['a lifetime that is text', { ...REMOTE, maxLifetimeSeconds: '60' }, /maxLifetimeSeconds/],
    ['an endless lifetime', { ...REMOTE, maxLifetimeSeconds: Infinity }, /maxLifetimeSeconds/],
    ['a limit that is no number', { ...REMOTE, jwksOptions: { maxBytes: NaN } }, /maxBytes/],
  ])('refuses %s', (_, options, message) => {
    expect(() => create(options)).toThrow(TypeError);
    expect(() => create(options)).toThrow(message);
  });

  it('refuses no trust at all, and two for one issuer', () => {
    expect(() => create()).toThrow(/at least one trust/);
    expect(() => create(REMOTE, trustIn([KEY]))).toThrow(
      /two trusts for issuer https:\/\/as.example/,
    );
  });

  it('never says a secret in an error', () => {
    const secret = Buffer.from('hunter2');
    const options = { ...REMOTE, secret, algorithms: ['HS256'] };
    expect(() => create(options)).not.toThrow(/hunter2|aHVudGVyM/);
  });
});

describe('a verifier', () => {
  it.each([NaN, 0, -1, 1.5, Infinity, '8192'])('refuses a token limit of %p', (maxTokenBytes) => {
    const options = { maxTokenBytes: maxTokenBytes as number };
    expect(() => verifierOf([trustIn([KEY])], undefined, options)).toThrow(/maxTokenBytes/);
  });

  it.each([NaN, -1, 1.5])('refuses a cache of %p tokens', (maxCachedTokens) => {
    expect(() => verifierOf([trustIn([KEY])], undefined, { maxCachedTokens })).toThrow(
      /maxCachedTokens/,
    );
  });

  it('names the state of the keys of each trust', () => {
    const other = { ...REMOTE, issuer: 'https://other.example' };
    expect([...verifierOf([trustIn([KEY]), other]).keyStates()]).toEqual([
      [ISSUER, { status: 'fresh', keys: 1 }],
      ['https://other.example', { status: 'unavailable', keys: 0 }],
    ]);
  });
});
