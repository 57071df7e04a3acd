import { randomBytes } from 'node:crypto';
import { SealingKeys } from './sealing.keys.js';

const key = (version: number) => ({ version, key: randomBytes(32) });

describe('what is sealed', () => {
  const [one, two] = [key(1), key(2)];

  it('opens by the same key at the same place, and reads otherwise each time', () => {
    const keys = new SealingKeys([one]);
    const sealed = keys.seal('the text', 'here');
    expect(keys.open(sealed, 'here')).toBe('the text');
    expect(keys.seal('the text', 'here')).not.toBe(sealed);
  });

  it('opens by an older key after a newer one came', () => {
    const sealed = new SealingKeys([one]).seal('the text', 'here');
    expect(new SealingKeys([two, one]).open(sealed, 'here')).toBe('the text');
    expect(new SealingKeys([two]).open(sealed, 'here')).toBeNull();
  });

  it('opens nowhere else, and not when any byte of it was changed', () => {
    const keys = new SealingKeys([one]);
    const sealed = Buffer.from(keys.seal('the text', 'here'), 'base64url');
    expect(keys.open(sealed.toString('base64url'), 'there')).toBeNull();
    for (const index of sealed.keys()) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(keys.open(changed.toString('base64url'), 'here')).toBeNull();
    }
    expect(keys.open('', 'here')).toBeNull();
  });

  it.each([
    ['no key', []],
    ['a short key', [{ version: 1, key: randomBytes(16) }]],
    ['a version that is no byte', [{ version: 256, key: randomBytes(32) }]],
    ['one version twice', [key(1), key(1)]],
  ])('never by %s', (_, keys) => {
    expect(() => new SealingKeys(keys)).toThrow(TypeError);
  });
});
