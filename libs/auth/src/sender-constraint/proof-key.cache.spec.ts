import { type ProofKey } from './dpop-proof.key.js';
import { ProofKeyCache } from './proof-key.cache.js';

const keyOf = (jkt: string) => ({ jkt }) as ProofKey;

describe('ProofKeyCache', () => {
  it('remembers so many keys, and drops what was used least recently', () => {
    const cache = new ProofKeyCache(2);
    cache.set('a', keyOf('a'));
    cache.set('b', keyOf('b'));
    expect(cache.get('a')?.jkt).toBe('a');
    cache.set('c', keyOf('c'));
    expect(cache.size).toBe(2);
    expect(cache.get('b')).toBeUndefined();
    expect(cache.get('a')?.jkt).toBe('a');
    cache.set('a', keyOf('a'));
    expect(cache.get('c')?.jkt).toBe('c');
  });

  it('knows headers apart, and nothing of what follows them', () => {
    const cache = new ProofKeyCache();
    expect(cache.nameOf('header.one.x')).toBe(cache.nameOf('header.two.y'));
    expect(cache.nameOf('header.one.x')).not.toBe(cache.nameOf('Header.one.x'));
  });
});
