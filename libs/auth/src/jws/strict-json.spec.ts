/** Strict JSON: what JSON.parse reads, less whatever two parsers could read differently. */
import fc from 'fast-check';
import { type RefusedTokenError } from '../access-token/refusal.js';
import { parseStrictObject } from './strict-json.js';

function reasonOf(bytes: string | Buffer): string {
  try {
    parseStrictObject(Buffer.from(bytes as string));
    return 'accepted';
  } catch (error) {
    return (error as RefusedTokenError).reason;
  }
}

/** Spells a name in one of the many ways that JSON has for it, by whole code points. */
function escaped(name: string, mask: number): string {
  const characters = [...name].map((character, i) => {
    const plain = character >= ' ' && character !== '"' && character !== '\\';
    if (plain && (mask >> (i % 31)) % 2 === 0) return character;
    const units = character.split('').map((unit) => unit.charCodeAt(0));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
  return `"${characters.join('')}"`;
}

const NAME = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', 'sub', 'x"y', 'b\\', '{', ',', '": {', '\\"', '') },
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);

/** JSON as fast-check makes it, with names that are hard to scan, written with random escapes. */
const DOCUMENT = fc.letrec<{ value: string; object: string }>((tie) => ({
  object: fc
    .uniqueArray(fc.tuple(NAME, fc.nat(), tie('value')), {
      selector: ([name]) => name,
      maxLength: 4,
    })
    .map((members) =>
      members
        .filter(([name]) => name !== '__proto__')
        .map(([name, mask, value]) => `${escaped(name, mask)} : ${value}`),
    )
    .map((members) => `{ ${members.join(' ,\n')} }`),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.json({ depthSize: 'xsmall' }).filter((text) => !text.includes('__proto__')),
    fc.tuple(NAME, fc.nat()).map(([text, mask]) => escaped(text, mask)),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => `[${values.join(', ')}]`),
    tie('object'),
  ),
})).object;

describe('parseStrictObject', () => {
  it('agrees with JSON.parse on every object without ambiguous members', () => {
    fc.assert(
      fc.property(DOCUMENT, (text) => {
        expect(parseStrictObject(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses a member named twice at any depth, however the name is spelt', () => {
    const depth = fc.array(fc.constantFrom('{"in":?}', '{"x":1,"in":?}', '[0,?,{}]'), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(NAME, fc.nat(), fc.nat(), depth, (name, first, second, wrappers) => {
        const between = '"other,\\"":[{}]';
        const inner = `{${escaped(name, first)}:{"z":[]}, ${between},${escaped(name, second)}:1}`;
        const text = wrappers.reduce((value, wrapper) => wrapper.replace('?', () => value), inner);
        expect(reasonOf(`{"outer":${text}}`)).toBe('duplicate_member');
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses __proto__ at any depth, however it is spelt', () => {
    const depth = fc.array(fc.constantFrom('{"in":?}', '[?]'), { maxLength: 5 });
    fc.assert(
      fc.property(fc.nat(), depth, (mask, wrappers) => {
        const inner = `{${escaped('__proto__', mask)}:{"admin":true}}`;
        const text = wrappers.reduce((value, wrapper) => wrapper.replace('?', () => value), inner);
        expect(reasonOf(`{"outer":${text}}`)).toBe('proto_member');
        expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
      }),
    );
  });

  it('lets the same name stand in different objects, and __proto__ stand as a value', () => {
    const text = '{"a":{"a":[{"a":1},{"a":2}]},"b":{"a":"__proto__"},"c":["a","a","__proto__"]}';
    expect(parseStrictObject(Buffer.from(text))).toEqual(JSON.parse(text));
  });

  it.each([
    ['a byte order mark', Buffer.from('\ufeff{"a":1}'), 'not_a_json_object'],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le'), 'not_a_json_object'],
    ['a broken sequence', Buffer.from([0x7b, 0x22, 0xc3, 0x22, 0x3a, 0x31, 0x7d]), 'not_utf8'],
    [
      'an overlong slash',
      Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d]),
      'not_utf8',
    ],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'not_utf8'],
    ['no bytes', '', 'not_a_json_object'],
    ['an array', '[]', 'not_a_json_object'],
    ['null', 'null', 'not_a_json_object'],
    ['a string', '"x"', 'not_a_json_object'],
    ['a number', '1', 'not_a_json_object'],
    ['two documents', '{}{}', 'not_a_json_object'],
    ['a trailing comma', '{"a":1,}', 'not_a_json_object'],
    ['a comment', '{"a":1/**/}', 'not_a_json_object'],
    ['single quotes', "{'a':1}", 'not_a_json_object'],
    ['NaN', '{"a":NaN}', 'not_a_json_object'],
    ['a zero byte at the end', '{"a":1}\0', 'not_a_json_object'],
    ['a raw line feed in a string', '{"a":"\n"}', 'not_a_json_object'],
    ['a no-break space between tokens', '{\u00a0"a":1}', 'not_a_json_object'],
  ])('refuses %s', (_, bytes, reason) => {
    expect(reasonOf(bytes)).toBe(reason);
  });

  it('takes a document of 100,000 levels to an answer instead of a stack overflow', () => {
    const text = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(['accepted', 'not_a_json_object']).toContain(reasonOf(text));
  });
});
