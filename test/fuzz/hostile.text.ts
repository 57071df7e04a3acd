/** Texts that programs stumble over, as bytes: each character of a string stands for one octet. */
import fc, { type Arbitrary } from 'fast-check';

/** What must never stand in a page as it was sent. */
export const MARKUP_CANARY = `"'><img src=x onerror=canary()>`;

/** The octets of a text in UTF-8, a character each. */
export const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

const AWKWARD = [
  ...[
    '',
    ' ',
    '\t',
    '\0',
    'a\0b',
    '\r\nx-canary: 1',
    '%',
    '%0',
    '%zz',
    '%00',
    '%0d%0ax-canary:%201',
  ],
  ...[
    '%c0%af',
    '%ff%fe',
    '%ed%a0%80',
    '%25%30%30',
    '+',
    '&',
    '=',
    '==',
    ';',
    ',',
    '?',
    '#',
    '/',
    '\\',
  ],
  ...[
    '.',
    '..',
    '../../etc/passwd',
    '%2e%2e%2f',
    '*',
    '(a+)+$',
    '[',
    ']',
    '[]',
    '{}',
    '[[[[',
    '{"a":',
  ],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'then',
    'length',
  ],
  ...['null', 'undefined', 'NaN', 'true', 'false', '-1', '0', '00', '0x10', '1e309', '-0', '1.5'],
  ...[
    '9007199254740993',
    '9223372036854775808',
    '2147483648',
    '4294967296',
    '99999999999999999999',
  ],
  ...[
    '{"__proto__":{"x":1}}',
    '{"constructor":{"prototype":{"x":1}}}',
    "' OR 1=1 --",
    '$1',
    '${7*7}',
  ],
  ...['<script>canary()</script>', MARKUP_CANARY, 'javascript:canary()', 'data:text/html,canary'],
  ...[
    '//evil.example',
    'https://evil.example/',
    'http://[::1',
    'http://[::1]',
    'http:',
    'urn:',
    '::',
  ],
  ...[
    'https://a:b@evil.example',
    'https://evil.example#x',
    'http://127.0.0.1:99999',
    '///',
    'a:b:c',
  ],
  ...['\u00e9', '\u20ac', '\u202e', '\ufeff', '\u0130', '\u2028', '\ud83d\ude00', 'a\u0300'].map(
    utf8,
  ),
  ...[
    '\xff',
    '\xc3\x28',
    '\xed\xa0\x80',
    '\xf8\x88\x80\x80\x80',
    '\xc0\x80',
    '\x80',
    '\x1b[2J',
    '\x7f',
  ],
  ...[255, 256, 257, 1024, 2048, 8192, 8193].map((length) => 'a'.repeat(length)),
  ...['%41'.repeat(700), '('.repeat(3000), '['.repeat(6000), ' '.repeat(6000), '\\"'.repeat(2000)],
];

/** Any text that somebody might send. */
export const hostileText: Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...AWKWARD) },
  { weight: 1, arbitrary: fc.string({ maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }).map(utf8) },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 60 }).map((b) => Buffer.from(b).toString('latin1')),
  },
);

/** How a text that was right is spoiled; plain data, so that it can be kept. */
export interface Mutation {
  readonly kind: 'cut' | 'insert' | 'flip' | 'twice' | 'case' | 'append';
  readonly position: number;
  readonly other: string;
}

/** All mutations. */
export const mutation: Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom<Mutation['kind'][]>('cut', 'insert', 'flip', 'twice', 'case', 'append'),
  position: fc.nat(9999),
  other: hostileText,
});

/** The text after it, which may be the same. */
export function mutate(text: string, { kind, position, other }: Mutation): string {
  const at = text === '' ? 0 : position % text.length;
  const [before, after] = [text.slice(0, at), text.slice(at)];
  switch (kind) {
    case 'cut':
      return before;
    case 'insert':
      return before + other + after;
    case 'flip':
      return before + String.fromCharCode(position & 0xff) + after.slice(1);
    case 'twice':
      return text + text;
    case 'case':
      return before + after.toUpperCase();
    case 'append':
      return text + other;
  }
}

/** Mostly `good` as it is, sometimes spoiled, sometimes something else altogether. */
export function mostly(good: Arbitrary<string>): Arbitrary<string> {
  return fc.oneof(
    { weight: 7, arbitrary: good },
    { weight: 2, arbitrary: fc.tuple(good, mutation).map(([text, how]) => mutate(text, how)) },
    { weight: 1, arbitrary: hostileText },
  );
}

/** Mostly nothing, sometimes a mutation. */
export const seldomMutation: Arbitrary<Mutation | null> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: mutation },
);

/** A value in JSON as programs do not expect it. */
export const oddJson: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1.5, 1e300, 2 ** 53, '', [], {}, [''], [null], [[[]]]),
  hostileText.map((text) => Buffer.from(text, 'latin1').toString('utf8')),
  fc.jsonValue({ maxDepth: 3 }),
);
