import { OfflineBreachedPasswords } from './offline-breached.passwords.js';
import { PasswordPolicy } from './password.policy.js';

const OWNER = { username: 'ada.l', name: 'Ada Lovelace', email: 'countess@example.com' };

describe('PasswordPolicy', () => {
  const problemOf = (password: string, minLength = 12) =>
    new PasswordPolicy({ minLength }, new OfflineBreachedPasswords()).findProblem(password, OWNER);

  it.each([
    'eleven-char',
    // Four code points, 44 units of UTF-16.
    '\u{1F468}\u{1F468}\u{1F468}\u{1F468}',
    // Decomposed: eleven characters once they are composed.
    'e\u0301'.repeat(11),
  ])('counts characters, not bytes: %p is short', async (password) => {
    expect(await problemOf(password)).toBe('short');
  });

  it('looks at the whole of a long one, and hashes none that is a weapon', async () => {
    expect(await problemOf('x7'.repeat(10) + 'an end that is nowhere')).toBeNull();
    expect(await problemOf('ä'.repeat(513))).toBe('long');
  });

  it.each([
    'correct plastic bicycle',
    'no digits no signs',
    '             twelve spaces first',
    'ключ от сарая',
    'kf83hs02lq9x',
    '739104628517',
  ])('has no rule about characters: takes %p', async (password) => {
    expect(await problemOf(password)).toBeNull();
  });

  it.each([
    'passwordpassword',
    'Password1234!',
    '!!!Welcome2026!!!',
    'ＰＡＳＳＷＯＲＤ１２３４',
    'qwertyuiop12',
    'letmeinletmein1',
    'summer-2026-winter',
    'correcthorsebatterystaple',
    '123456789012',
    '210987654321',
    'abcdefghijklmn',
    'aaaaaaaaaaaa',
    '123412341234',
    'xyzxyzxyzxyzx',
  ])('takes none that is tried first: %p', async (password) => {
    expect(await problemOf(password)).toBe('common');
  });

  it.each(['lovelace-2026', 'ada.l.ada.l.1', 'Countess12345', 'keyward-keyward'])(
    'takes none that is made of what is known of the person: %p',
    async (password) => {
      expect(await problemOf(password)).toBe('personal');
    },
  );

  it('asks for as many characters as it is told', async () => {
    expect(await problemOf('kf83hs0', 8)).toBe('short');
    expect(await problemOf('kf83hs02', 8)).toBeNull();
  });
});
