import { InvalidAuthorizationDetailsError } from '@keyward/oauth';
import { areAmong, formatDetail, formatDetails } from './authorization-details.js';
import { MAX_DETAILS_LENGTH, parseAuthorizationDetails } from './authorization-details.parser.js';

describe('parseAuthorizationDetails', () => {
  it('reads a list of objects with a type, each once', () => {
    const text = '[{"type":"a","n":1,"m":{"x":[1]}},{"m":{"x":[1]},"n":1,"type":"a"},{"type":"b"}]';
    expect(parseAuthorizationDetails(text)).toEqual([
      { type: 'a', n: 1, m: { x: [1] } },
      { type: 'b' },
    ]);
  });

  it.each([
    ['no JSON', 'type'],
    ['an object', '{"type":"a"}'],
    ['an empty list', '[]'],
    ['too many elements', JSON.stringify(Array.from({ length: 17 }, (_, n) => ({ type: 'a', n })))],
    ['a list of lists', '[["type"]]'],
    ['a null', '[null]'],
    ['no type', '[{"amount":1}]'],
    ['a type that is no text', '[{"type":1}]'],
    ['an empty type', '[{"type":""}]'],
    ['a type that is too long', JSON.stringify([{ type: 'a'.repeat(256) }])],
    ['a member twice', '[{"type":"a","amount":1,"amount":2}]'],
    ['a member twice, spelt with an escape', '[{"type":"a","amount":1,"am\\u006funt":2}]'],
    ['__proto__', '[{"type":"a","__proto__":{"amount":1}}]'],
    ['an end of what is put around it', '[{"type":"a"}],"list":[]'],
    ['a NUL', '[{"type":"a","b":"\\u0000"}]'],
    ['half a character', '[{"type":"a","b":"\\ud800"}]'],
    ['half a character in a name', '[{"type":"a","\\udfff":1}]'],
    ['a depth that nobody reads', '[{"type":"a","b":[[[[[[[1]]]]]]]}]'],
    ['a text that is too long', `[{"type":"a","b":"${'x'.repeat(MAX_DETAILS_LENGTH)}"}]`],
  ])('refuses %s', (_, text) => {
    expect(() => parseAuthorizationDetails(text)).toThrow(InvalidAuthorizationDetailsError);
  });
});

describe('details', () => {
  const detail = { type: 'a', amount: { value: '1', currency: 'EUR' }, to: ['x', 'y'] };
  const reordered = { to: ['x', 'y'], amount: { currency: 'EUR', value: '1' }, type: 'a' };

  it('are the same in any order of their members, and in no other order of a list', () => {
    expect(formatDetail(reordered)).toBe(formatDetail(detail));
    expect(formatDetail({ ...detail, to: ['y', 'x'] })).not.toBe(formatDetail(detail));
    expect(formatDetails([detail, { type: 'b' }])).toBe(formatDetails([{ type: 'b' }, reordered]));
    expect(formatDetails([])).toBeNull();
  });

  it.each([
    ['the same', [reordered], true],
    ['nothing', [], true],
    ['one with less in it', [{ type: 'a' }], false],
    ['one with more in it', [{ ...detail, urgent: true }], false],
    ['another amount', [{ ...detail, amount: { value: '2', currency: 'EUR' } }], false],
    ['one that is and one that is not', [detail, { type: 'b' }], false],
  ])('are part of others to the letter: %s', (_, some, expected) => {
    expect(areAmong(some, [detail])).toBe(expected);
  });
});
