/** The verified-token cache by itself: bound, order of eviction, counters, what it keeps. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { type Principal } from '../principal/principal.js';
import {
  CLAIMS,
  forgeToken,
  NOW,
  trustIn,
  verifierOf,
} from '../spec-support/access-token.fixture.js';
import { generateSigningKey } from '../testing/signing-key.js';
import { VerifiedTokenCache, type VerifiedToken } from './verified-token.cache.js';

/** The cache looks into nothing that it holds. */
const entry = (name: string): VerifiedToken =>
  ({ principal: { subject: name } as Principal }) as VerifiedToken;

function cacheOf(maxEntries: number, ...names: string[]): VerifiedTokenCache {
  const cache = new VerifiedTokenCache(maxEntries);
  for (const name of names) cache.set(name, entry(name));
  return cache;
}

const held = (cache: VerifiedTokenCache, names: string): string =>
  names
    .split('')
    .filter((name) => cache.get(name) !== undefined)
    .join('');

describe('VerifiedTokenCache', () => {
  it('drops what was used least recently', () => {
    const cache = cacheOf(3, 'a', 'b', 'c');
    cache.get('a');
    cache.set('d', entry('d'));
    expect(held(cache, 'abcd')).toBe('acd');
  });

  it('drops nothing for an entry that is set again', () => {
    const cache = cacheOf(3, 'a', 'b', 'c');
    cache.set('b', entry('newer'));
    expect(held(cache, 'abc')).toBe('abc');
    expect(cache.get('b')?.principal.subject).toBe('newer');
    expect(cache.statistics().evictions).toBe(0);
  });

  it('keeps nothing where its size is 0', () => {
    expect(held(cacheOf(0, 'a'), 'a')).toBe('');
  });

  it('forgets an entry that is deleted', () => {
    const cache = cacheOf(3, 'a', 'b');
    cache.delete('a');
    cache.delete('never there');
    expect(held(cache, 'ab')).toBe('b');
  });

  it('counts entries, hits, misses and evictions', () => {
    const cache = cacheOf(2, 'a', 'b', 'c');
    cache.get('c');
    cache.get('c');
    cache.get('a');
    expect(cache.statistics()).toEqual({ entries: 2, hits: 2, misses: 1, evictions: 1 });
  });

  it.each([-1, 1.5, NaN, Infinity, '10' as unknown as number])('refuses the size %p', (size) => {
    expect(() => new VerifiedTokenCache(size)).toThrow(TypeError);
  });

  it('behaves as a list does that is sorted by last use, whatever is done to it', () => {
    const step = fc.tuple(fc.constantFrom('get', 'set', 'delete'), fc.constantFrom(...'abcdef'));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step), (size, steps) => {
        const cache = new VerifiedTokenCache(size);
        let model: string[] = [];
        for (const [verb, name] of steps) {
          const known = model.includes(name);
          if (verb === 'get') {
            expect(cache.get(name) !== undefined).toBe(known);
            if (known) model = [...model.filter((other) => other !== name), name];
          } else if (verb === 'delete') {
            cache.delete(name);
            model = model.filter((other) => other !== name);
          } else {
            cache.set(name, entry(name));
            // Setting what is there changes its value and not its turn.
            if (!known) model = [...model, name].slice(-size);
          }
          expect(cache.statistics().entries).toBe(model.length);
        }
        expect(held(cache, 'abcdef').split('').sort()).toEqual([...model].sort());
      }),
    );
  });

  it('knows a token by a hash that is not the token', () => {
    const cache = new VerifiedTokenCache(1);
    expect(cache.keyOf('a.b.c')).toHaveLength(32);
    expect(cache.keyOf('a.b.c')).not.toContain('a.b');
    expect(cache.keyOf('a.b.c')).not.toBe(cache.keyOf('a.b.d'));
  });
});

describe('a verifier', () => {
  const key = generateSigningKey('ES256');

  it('stores a token once it passed, and never one that did not', async () => {
    const verifier = verifierOf([trustIn([key])]);
    const good = forgeToken(key);
    const forged = `${good.slice(0, -86)}${'A'.repeat(86)}`;
    const late = forgeToken(key, { payload: { ...CLAIMS, exp: NOW - 10 } });
    for (const token of [good, good, forged, forged, late, late]) {
      try {
        await verifier.verify(token);
      } catch {
        // Only the counters matter here.
      }
    }
    expect(verifier.cacheStatistics()).toEqual({ entries: 1, hits: 1, misses: 5, evictions: 0 });
  });

  it('gives the very same principal to every request with the same token', async () => {
    const verifier = verifierOf([trustIn([key])]);
    const token = forgeToken(key);
    expect(await verifier.verify(token)).toBe(await verifier.verify(token));
  });

  it('keeps no more tokens than it may, and answers all of them alike', async () => {
    const verifier = verifierOf([trustIn([key])], undefined, { maxCachedTokens: 3 });
    const tokens = Array.from({ length: 10 }, (_, i) =>
      forgeToken(key, { payload: { ...CLAIMS, jti: `token-${i}` } }),
    );
    for (let round = 0; round < 2; round++) {
      for (const [i, token] of tokens.entries()) {
        expect((await verifier.verify(token)).tokenId).toBe(`token-${i}`);
      }
    }
    expect(verifier.cacheStatistics()).toMatchObject({ entries: 3, evictions: 17 });
  });

  it('keeps no token in memory that could be presented, one that it accepted included', async () => {
    const program = fileURLToPath(new URL('../spec-support/heap.program.ts', import.meta.url));
    const source = ['--conditions=@keyward/source', '--import', '@swc-node/register/esm-register'];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', ...source, program],
      { env: { ...process.env, NODE_OPTIONS: '' } },
    );
    // What the program holds on purpose shows that the search finds what is there.
    expect(JSON.parse(stdout)).toMatchObject({ found: ['held'], kept: 1, entries: 2 });
  });
});
