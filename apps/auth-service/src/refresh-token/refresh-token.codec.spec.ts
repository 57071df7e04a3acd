import { randomBytes } from 'node:crypto';
import { RefreshTokenCodec } from './refresh-token.codec.js';
import { parseRefreshTokenKeys, RefreshTokenKeys } from './refresh-token.keys.js';

const K1 = Buffer.alloc(32, 1);
const K2 = Buffer.alloc(32, 2);
const codec = (...keys: [number, Buffer][]) =>
  new RefreshTokenCodec(new RefreshTokenKeys(new Map(keys)));

describe('RefreshTokenCodec', () => {
  const one = codec([1, K1]);
  const content = { handle: randomBytes(16), generation: 0xfffffffe };
  const token = one.encode(content);

  it('reads what it wrote', () => {
    expect(token).toMatch(/^kwr_[\w-]{71}$/);
    expect(one.decode(token)).toEqual(content);
    expect(one.encode(content)).toBe(token);
  });

  it('has the layout that its length allows: version, handle, generation, tag', () => {
    const bytes = Buffer.from(token.slice(4), 'base64url');
    expect(bytes).toHaveLength(53);
    expect(bytes.readUInt8(0)).toBe(1);
    expect(bytes.subarray(1, 17)).toEqual(content.handle);
    expect(bytes.readUInt32BE(17)).toBe(content.generation);
  });

  it('refuses a token in which any single bit is another', () => {
    const bytes = Buffer.from(token.slice(4), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(one.decode(`kwr_${changed.toString('base64url')}`)).toBeNull();
    }
  });

  it('refuses every other spelling of the same bytes', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const accepted = [...alphabet].filter((last) => one.decode(token.slice(0, -1) + last));
    expect(accepted).toEqual([token.at(-1)]);
    for (const text of [`${token}=`, `${token}\n`, token.replace('kwr_', 'KWR_'), token.slice(4)]) {
      expect(one.decode(text)).toBeNull();
    }
  });

  it('recognises tokens of every key that it has, and makes them by the newest', () => {
    const both = codec([1, K1], [2, K2]);
    expect(both.decode(token)).toEqual(content);
    const renewed = both.encode(content);
    expect(renewed).not.toBe(token);
    expect(codec([2, K2]).decode(renewed)).toEqual(content);
    expect(codec([2, K2]).decode(token)).toBeNull();
    expect(one.decode(renewed)).toBeNull();
  });

  it('refuses the same version of another key', () => {
    expect(codec([1, K2]).decode(token)).toBeNull();
  });

  it('tells a newer key version from an older one and from no token at all', () => {
    const newer = codec([7, K2]).encode(content);
    expect(one.newerKeyVersion(newer)).toBe(7);
    expect(codec([9, K1]).newerKeyVersion(newer)).toBeNull();
    expect(one.newerKeyVersion('kwr_')).toBeNull();
  });
});

describe('parseRefreshTokenKeys', () => {
  it('reads versions in any order', () => {
    const keys = parseRefreshTokenKeys(
      `3:${K2.toString('base64url')}, 1:${K1.toString('base64url')}`,
    );
    expect(keys).toEqual(
      new Map([
        [3, K2],
        [1, K1],
      ]),
    );
    expect(new RefreshTokenKeys(keys ?? new Map()).newestVersion).toBe(3);
  });

  it('is of no use without a key', () => {
    expect(() => new RefreshTokenKeys(new Map())).toThrow(RangeError);
  });
});
