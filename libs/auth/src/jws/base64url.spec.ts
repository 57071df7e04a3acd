/** Strict base64url: one text for each sequence of bytes. */
import fc from 'fast-check';
import { decodeBase64url } from './base64url.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

describe('decodeBase64url', () => {
  it('gives back every sequence of bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64url');
        expect(decodeBase64url(text)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('refuses every other text that Node decodes to the same bytes', () => {
    const insertion = fc.tuple(
      fc.nat(),
      fc.constantFrom('=', ' ', '\n', '\t', '\r\n', '!', '\0', 'é'),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 32 }), insertion, (bytes, [at, extra]) => {
        const canonical = Buffer.from(bytes).toString('base64url');
        const position = at % (canonical.length + 1);
        const others = [
          `${canonical.slice(0, position)}${extra}${canonical.slice(position)}`,
          Buffer.from(bytes).toString('base64'),
          ...ALPHABET.split('').map((last) => canonical.slice(0, -1) + last),
          `${canonical}A`,
        ].filter((text) => text !== canonical);
        for (const text of others) {
          if (Buffer.from(text, 'base64url').equals(bytes)) {
            expect([text, decodeBase64url(text)]).toEqual([text, undefined]);
          }
        }
      }),
    );
  });

  it('accepts a text only if it is what encoding its bytes gives', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...ALPHABET, '+', '/', '=', ' ', '\n') }),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        const decoded = decodeBase64url(candidate);
        if (decoded !== undefined) expect(decoded.toString('base64url')).toBe(candidate);
      }),
    );
  });

  it.each([
    ['padding', 'YQ=='],
    ['spare bits', 'YR'],
    ['spare bits in two characters', 'YWJ'],
    ['the alphabet of plain base64', '+/+/'],
    ['a lone last character', 'A'],
    ['a space', 'YW Jj'],
    ['a line feed at the end', 'YWJj\n'],
    ['a character of Latin-1', 'YWJé'],
    ['a full-width letter', 'YWJｊ'],
  ])('refuses %s', (_, text) => {
    expect(decodeBase64url(text)).toBeUndefined();
  });
});
