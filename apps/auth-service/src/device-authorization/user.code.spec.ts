import { createUserCode, formatUserCode, normaliseUserCode } from './user.code.js';

describe('user codes', () => {
  it('are eight consonants, and do not repeat', () => {
    const codes = Array.from({ length: 1000 }, createUserCode);
    for (const code of codes) expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/);
    expect(new Set(codes).size).toBe(1000);
    expect(new Set(codes.join('')).size).toBe(20);
  });

  it('are shown in two halves, which is read back', () => {
    expect(formatUserCode('WDJBMJHT')).toBe('WDJB-MJHT');
    expect(normaliseUserCode('WDJB-MJHT')).toBe('WDJBMJHT');
  });

  it.each(['wdjbmjht', ' wdjb mjht ', 'WDJB–MJHT', 'w d j b - m j h t', 'wDjB_MjHt'])(
    'takes %j for the same code',
    (typed) => expect(normaliseUserCode(typed)).toBe('WDJBMJHT'),
  );

  it.each([
    '',
    'WDJBMJH',
    'WDJBMJHTT',
    'WDJBMJHA',
    'WDJBMJH1',
    `WDJBMJHT${' '.repeat(60)}`,
    'ＷDJBMJHT',
  ])('takes %j for no code', (typed) => expect(normaliseUserCode(typed)).toBeNull());
});
