/** What becomes of a JWK Set as a whole. */
import { generateSigningKey } from '../testing/signing-key.js';
import { without } from '../spec-support/without.js';
import { importJwkSet, keysByKid } from './jwk-set.js';

const A = generateSigningKey('ES256', 'a').publicJwk;
const B = generateSigningKey('ES256', 'b').publicJwk;
const ED = generateSigningKey('EdDSA', 'ed').publicJwk;

describe('importJwkSet', () => {
  it('imports the keys that fit and passes over the others without a word', () => {
    const { keys, ignored } = importJwkSet({ keys: [A, ED, { ...B, use: 'enc' }] }, ['ES256']);
    expect(keys.map(({ kid }) => kid)).toEqual(['a']);
    expect(ignored).toEqual([]);
  });

  it('counts the same key published twice as one', () => {
    const { keys, ignored } = importJwkSet({ keys: [A, { ...A, 'x-note': 1 }, B] }, ['ES256']);
    expect(keys.map(({ kid }) => kid)).toEqual(['a', 'b']);
    expect(ignored).toEqual([]);
  });

  it.each([
    ['two', [A, { ...B, kid: 'a' }]],
    ['three', [A, { ...B, kid: 'a' }, { ...generateSigningKey('ES256').publicJwk, kid: 'a' }]],
    ['the first once more at the end', [A, { ...B, kid: 'a' }, A]],
    ['two of different algorithms', [A, { ...ED, kid: 'a' }]],
  ])('uses none of %s different keys under one kid', (_, members) => {
    const { keys, ignored } = importJwkSet({ keys: [...members, B] }, ['ES256', 'EdDSA']);
    expect(keys.map(({ kid }) => kid)).toEqual(['b']);
    expect(ignored).toEqual([{ kid: 'a', reason: 'two different keys have this kid' }]);
  });

  it('keeps keys without kid, and finds none of them by a kid', () => {
    const { keys } = importJwkSet({ keys: [without(A, 'kid'), B] }, ['ES256']);
    expect(keys).toHaveLength(2);
    expect([...keysByKid(keys).keys()]).toEqual(['b']);
  });

  it('is not led by names of Object.prototype', () => {
    const { keys } = importJwkSet({ keys: [{ ...A, kid: 'constructor' }] }, ['ES256']);
    const byKid = keysByKid(keys);
    expect(byKid.get('constructor')).toBe(keys[0]);
    expect(byKid.get('toString')).toBeUndefined();
  });

  it.each([[{}], [{ keys: null }], [{ keys: 'x' }], [{ keys: { 0: A } }], [{ jwks: [A] }]])(
    'refuses %j',
    (set) => {
      expect(() => importJwkSet(set, ['ES256'])).toThrow(/no "keys" array/);
    },
  );

  it('takes 100 keys and not one more', () => {
    expect(importJwkSet({ keys: Array(100).fill(A) }, ['ES256']).keys).toHaveLength(1);
    expect(() => importJwkSet({ keys: Array(101).fill(A) }, ['ES256'])).toThrow(/101 keys/);
  });
});
