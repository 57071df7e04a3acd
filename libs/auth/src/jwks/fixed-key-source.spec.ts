/** Keys from the configuration: which one a token's kid, or its absence, leads to. */
import { randomBytes } from 'node:crypto';
import { importPublicJwk, importSecret } from '../jws/jwk-import.js';
import { type JsonObject } from '../jws/strict-json.js';
import { type VerificationKey } from '../jws/verification-key.js';
import { generateSigningKey } from '../testing/signing-key.js';
import { without } from '../spec-support/without.js';
import { FixedKeySource } from './fixed-key-source.js';

const anonymous = without(generateSigningKey('ES256').publicJwk, 'kid');
const A = imported({ ...anonymous, kid: 'a' });
const B = imported({ ...generateSigningKey('ES256', 'b').publicJwk });
const ANONYMOUS = imported(anonymous);
const SECRET = importSecret(randomBytes(32), ['HS256']);

function imported(jwk: JsonObject): VerificationKey {
  const key = importPublicJwk(jwk, ['ES256']);
  if (key === undefined) throw new Error('not imported');
  return key;
}

describe('FixedKeySource', () => {
  it.each<[string, readonly VerificationKey[], string | undefined, VerificationKey | undefined]>([
    ['a kid of the set', [A, B], 'b', B],
    ['a kid that is not in the set', [A, B], 'c', undefined],
    ['no kid, of two keys', [A, B], undefined, undefined],
    ['no kid, of one key', [A], undefined, A],
    ['another kid, of one key with a kid', [A], 'b', undefined],
    ['any kid, of one key without', [ANONYMOUS], 'whatever', ANONYMOUS],
    ['any kid, of a secret', [SECRET], '../../dev/null', SECRET],
    ['no kid, of a secret', [SECRET], undefined, SECRET],
    ['a kid of Object.prototype', [A, B], 'constructor', undefined],
    ['a kid, of a key without one among others', [ANONYMOUS, B], 'a', undefined],
  ])('finds for %s the key that it should', async (_case, keys, kid, expected) => {
    const source = new FixedKeySource(keys);
    expect(source.current(kid)).toBe(expected);
    await expect(source.resolve(kid)).resolves.toBe(expected);
  });

  it('is always fresh and needs no warm-up', async () => {
    expect(new FixedKeySource([A, B]).state()).toEqual({ status: 'fresh', keys: 2 });
    expect(new FixedKeySource([SECRET]).state()).toEqual({ status: 'fresh', keys: 1 });
    await expect(new FixedKeySource([A]).warmUp()).resolves.toBeUndefined();
  });
});
