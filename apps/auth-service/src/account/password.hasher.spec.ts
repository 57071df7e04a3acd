import { hash as argon2 } from '@node-rs/argon2';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { MAX_PASSWORD_BYTES, PasswordHasher } from './password.hasher.js';

describe('PasswordHasher', () => {
  const hasher = new PasswordHasher();

  it('hashes with argon2id at 19 MiB, two passes, one lane, and a salt of its own', async () => {
    const [one, other] = await Promise.all([hasher.hash('secret'), hasher.hash('secret')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(other).not.toBe(one);
    expect(await hasher.verify(one, 'secret')).toBe(true);
    expect(await hasher.verify(one, 'Secret')).toBe(false);
    expect(await hasher.verify(one, '')).toBe(false);
  });

  it.each([
    ['composed and decomposed', 'caf\u00e9', 'cafe\u0301'],
    ['a space and one that does not break', 'a b', 'a\u00a0b'],
  ])('takes %s for the same', async (_, chosen, typed) => {
    expect(await hasher.verify(await hasher.hash(chosen), typed)).toBe(true);
  });

  it.each([
    ['a ligature', '\ufb01x', 'fix'],
    ['a superscript', 'm\u00b2', 'm2'],
    ['space around it', 'secret', ' secret '],
    ['what follows a NUL', 'secret', 'secret\u0000more'],
    ['what follows 72 bytes', `${'a'.repeat(72)}b`, `${'a'.repeat(72)}c`],
  ])('tells %s apart', async (_, chosen, typed) => {
    expect(await hasher.verify(await hasher.hash(chosen), typed)).toBe(false);
  });

  it('takes the longest password, and neither hashes nor accepts a longer one', async () => {
    const longest = 'é'.repeat(MAX_PASSWORD_BYTES / 2);
    const hash = await hasher.hash(longest);
    expect(await hasher.verify(hash, longest)).toBe(true);
    expect(await hasher.verify(hash, `${longest}a`)).toBe(false);
    await expect(hasher.hash(`${longest}a`)).rejects.toThrow(RangeError);
    expect(await hasher.verify(await hasher.hash('\0'), `${longest}a`)).toBe(false);
  });

  it('finds nobody behind the absent hash', async () => {
    for (const password of ['', '\0', 'secret']) {
      expect(await hasher.verify(null, password)).toBe(false);
    }
  });

  it('asks for a new hash where the parameters have changed', async () => {
    const weaker = await argon2('secret', { memoryCost: 8192, timeCost: 2, parallelism: 1 });
    expect(hasher.needsRehash(weaker)).toBe(true);
    expect(await hasher.verify(weaker, 'secret')).toBe(true);
    expect(hasher.needsRehash(await hasher.hash('secret'))).toBe(false);
  });

  it('answers 503 to a crowd beyond its queue, and everybody else in the end', async () => {
    const crowd = await Promise.allSettled(
      Array.from({ length: 100 }, () => hasher.verify(null, 'guess')),
    );
    const turnedAway = crowd.filter(({ status }) => status === 'rejected');
    expect(turnedAway.length).toBeGreaterThan(20);
    for (const { reason } of turnedAway as PromiseRejectedResult[]) {
      expect(reason).toBeInstanceOf(TemporarilyUnavailableError);
    }
    expect(crowd.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(60);
    expect(await hasher.verify(null, 'guess')).toBe(false);
  });

  it('leaves the main thread to others', async () => {
    let turns = 0;
    let hashing = true;
    const others = (async () => {
      for (; hashing; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    })();
    await Promise.all(Array.from({ length: 4 }, () => hasher.hash('secret')));
    hashing = false;
    await others;
    expect(turns).toBeGreaterThan(50);
  });
});
