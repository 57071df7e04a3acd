import { codeOf, findStep, otpauthUri, stepAt, toBase32 } from './totp.js';

/** The secret of the appendices: of RFC 4226 D and, for SHA-1, of RFC 6238 B. */
const SECRET = Buffer.from('12345678901234567890');
const NOW_MS = 1_234_567_890_000;

describe('TOTP', () => {
  it('makes the codes of RFC 4226 appendix D', () => {
    const codes = Array.from({ length: 10 }, (_, counter) => codeOf(SECRET, counter));
    expect(codes).toEqual([
      ...['755224', '287082', '359152', '969429', '338314'],
      ...['254676', '287922', '162583', '399871', '520489'],
    ]);
  });

  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('makes at %i s the code of RFC 6238 appendix B', (seconds, code) => {
    expect(codeOf(SECRET, stepAt(seconds * 1000))).toBe(code);
    expect(findStep(SECRET, code, seconds * 1000)).toBe(stepAt(seconds * 1000));
  });

  it('takes the code of the step before and of the one after, and no other', () => {
    const now = stepAt(NOW_MS);
    const accepted = [-3, -2, -1, 0, 1, 2, 3].filter(
      (offset) => findStep(SECRET, codeOf(SECRET, now + offset), NOW_MS) !== null,
    );
    expect(accepted).toEqual([-1, 0, 1]);
    expect(findStep(SECRET, codeOf(SECRET, now - 1), NOW_MS)).toBe(now - 1);
  });

  it.each(['', '00592', '0059241', '00592４', 'abcdef', '-05924', '5924'])(
    'refuses %j',
    (typed) => {
      expect(findStep(SECRET, typed, NOW_MS)).toBeNull();
    },
  );

  it('reads a code as people write it', () => {
    expect(findStep(SECRET, ' 005 924', NOW_MS)).toBe(stepAt(NOW_MS));
  });

  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('writes %j in base32 as RFC 4648 section 10 does', (text, base32) => {
    expect(toBase32(Buffer.from(text))).toBe(base32);
  });

  it('tells applications whose secret it is', () => {
    expect(otpauthUri(SECRET, 'Keyward & Co', 'ada@example.com')).toBe(
      'otpauth://totp/Keyward%20%26%20Co:ada%40example.com' +
        '?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Keyward%20%26%20Co',
    );
  });
});
