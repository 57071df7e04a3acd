import fc from 'fast-check';
import { formatScope, isScopeToken, parseScope } from './scope.js';

describe('scope', () => {
  it('keeps the order and drops repetitions', () => {
    expect(parseScope('orders:read orders:write orders:read')).toEqual([
      'orders:read',
      'orders:write',
    ]);
  });

  it.each([
    ['empty', ''],
    ['a leading space', ' a'],
    ['a trailing space', 'a '],
    ['a doubled space', 'a  b'],
    ['a tab', 'a\tb'],
    ['a quote', 'a"b'],
    ['a backslash', 'a\\b'],
    ['a line feed', 'a\nb'],
    ['a letter beyond ASCII', 'é'],
    ['DEL', '\x7f'],
  ])('refuses %s', (_name, value) => {
    expect(parseScope(value)).toBeNull();
  });

  it('formats what it parses, for every set of tokens', () => {
    const token = fc.stringMatching(/^[\x21\x23-\x5b\x5d-\x7e]{1,20}$/);
    fc.assert(
      fc.property(fc.uniqueArray(token, { minLength: 1 }), (tokens) => {
        expect(parseScope(formatScope(tokens))).toEqual(tokens);
      }),
    );
  });

  it('accepts a token exactly when the grammar of RFC 6749 does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }), (value) => {
        const allowed = [...value].every((c) => {
          const code = c.codePointAt(0) ?? 0;
          return code === 0x21 || (code >= 0x23 && code <= 0x5b) || (code >= 0x5d && code <= 0x7e);
        });
        expect(isScopeToken(value)).toBe(allowed);
      }),
    );
  });

  it('refuses to format a token with a space', () => {
    expect(() => formatScope(['a b'])).toThrow(TypeError);
  });
});
