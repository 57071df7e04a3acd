/** Recipes for access tokens: a good token, and what is done to it on each level of its making. */
import fc from 'fast-check';
import { AUDIENCE, ISSUER, NOW } from './access-token.fixture.js';

/** A member set to a value, or taken away. */
export interface Edit {
  readonly name: string;
  readonly value: unknown;
}

/** What is done to the text of the header or the payload before it is encoded. */
export type TextFault =
  | 'none'
  | 'whitespace'
  | 'duplicate'
  | 'escaped-duplicate'
  | 'nested-duplicate'
  | 'proto'
  | 'nested-proto'
  | 'byte-order-mark'
  | 'invalid-utf8'
  | 'trailing-text'
  | 'array'
  | 'null'
  | 'string'
  | 'padding-member';

/** What is done to an encoded segment, or to the whole token. */
export type EncodingFault =
  'none' | 'padding' | 'spare-bits' | 'plain-base64' | 'space' | 'line-feed';

/** How the signature is made, and what it becomes. */
export type SignatureFault =
  | 'none'
  | 'other-key'
  | 'unlisted-key'
  | 'hmac-of-public-pem'
  | 'empty'
  | 'zeros'
  | 'truncated'
  | 'extended'
  | 'flipped-bit'
  | EncodingFault;

/** How the finished token is changed. */
export type TokenFault =
  | 'none'
  | 'swapped-segments'
  | 'extra-segment'
  | 'five-segments'
  | 'missing-segment'
  | 'changed-byte';

/** Everything that decides about one token and the instant of its presentation. */
export interface TokenRecipe {
  readonly key: number;
  readonly header: readonly Edit[];
  readonly claims: readonly Edit[];
  readonly headerText: TextFault;
  readonly claimsText: TextFault;
  readonly headerEncoding: EncodingFault;
  readonly claimsEncoding: EncodingFault;
  readonly signature: SignatureFault;
  readonly token: TokenFault;
  /** Where the token is changed, as a number that is cut to its length. */
  readonly position: number;
  /** Milliseconds from NOW to the presentation. */
  readonly offsetMs: number;
}

const ODD_VALUES = [undefined, null, '', 'x', 0, -1, 1.5, true, [], {}, [''], ['x', 1]] as const;

const TIMES = [
  ...[-400, -306, -305, -304, -10, -6, -5, -4, -1, 0, 1, 4, 5, 6, 10, 300, 3500, 3700].map(
    (seconds) => NOW + seconds,
  ),
  NOW + 0.5,
  NOW * 1000,
  1e308,
  2 ** 53,
  -1,
  String(NOW + 300),
];

const edit = (names: readonly string[], values: readonly unknown[]): fc.Arbitrary<Edit> =>
  fc.record({ name: fc.constantFrom(...names), value: fc.constantFrom(...values) });

const HEADER_EDIT = fc.oneof(
  edit(
    ['alg'],
    ['none', 'None', 'HS256', 'ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519', 'ES384', 'es256'],
  ),
  edit(
    ['typ'],
    ['JWT', 'AT+JWT', 'application/at+jwt', 'Application/At+Jwt', 'dpop+jwt', 'at+jwt;x'],
  ),
  edit(['kid'], ['ES256', 'RS256', 'PS256', 'EdDSA', 'other', '../../etc/passwd', 'k'.repeat(300)]),
  edit(['crit'], [[], ['x'], ['b64'], ['exp'], 'exp', null]),
  edit(['b64'], [true, false, 'false']),
  edit(['jwk', 'jku', 'x5u', 'x5c', 'cty', 'note'], [{}, 'https://evil.example/jwks', 'JWT']),
  edit(['alg', 'typ', 'kid', 'crit', 'b64', 'zip'], ODD_VALUES),
);

const CLAIM_EDIT = fc.oneof(
  edit(['exp', 'nbf', 'iat'], TIMES),
  edit(
    ['aud'],
    ['other', [AUDIENCE], ['other', AUDIENCE], [AUDIENCE, 1], `${AUDIENCE}/`, [AUDIENCE, '']],
  ),
  edit(['iss'], [`${ISSUER}/`, 'https://evil.example', [ISSUER], ISSUER.toUpperCase()]),
  edit(
    ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'scope', 'grant_id'],
    ODD_VALUES,
  ),
  edit(['scope'], ['a b', ['a', 'b'], ' a  b ']),
  edit(['note'], [{ deep: [{ er: 1 }] }, '\ud800', 'é', 1e300]),
);

/** Mostly the harmless choice, so that many tokens are good but for one thing, or altogether. */
function mostly<T extends string>(harmless: T, others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(harmless) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
}

function few(arbitrary: fc.Arbitrary<Edit>): fc.Arbitrary<readonly Edit[]> {
  return fc.oneof<fc.MaybeWeightedArbitrary<readonly Edit[]>[]>(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.array(arbitrary, { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(arbitrary, { minLength: 2, maxLength: 3 }) },
  );
}

const TEXT = mostly<TextFault>('none', [
  'whitespace',
  'duplicate',
  'escaped-duplicate',
  'nested-duplicate',
  'proto',
  'nested-proto',
  'byte-order-mark',
  'invalid-utf8',
  'trailing-text',
  'array',
  'null',
  'string',
  'padding-member',
]);

const ENCODING_FAULTS: readonly EncodingFault[] = [
  'padding',
  'spare-bits',
  'plain-base64',
  'space',
  'line-feed',
];

/** All recipes, over `keys` signing keys. */
export function tokenRecipe(keys: number): fc.Arbitrary<TokenRecipe> {
  return fc.record({
    key: fc.nat(keys - 1),
    header: few(HEADER_EDIT),
    claims: few(CLAIM_EDIT),
    headerText: TEXT,
    claimsText: TEXT,
    headerEncoding: mostly<EncodingFault>('none', ENCODING_FAULTS),
    claimsEncoding: mostly<EncodingFault>('none', ENCODING_FAULTS),
    signature: mostly<SignatureFault>('none', [
      'other-key',
      'unlisted-key',
      'hmac-of-public-pem',
      'empty',
      'zeros',
      'truncated',
      'extended',
      'flipped-bit',
      ...ENCODING_FAULTS,
    ]),
    token: mostly<TokenFault>('none', [
      'swapped-segments',
      'extra-segment',
      'five-segments',
      'missing-segment',
      'changed-byte',
    ]),
    position: fc.nat(),
    offsetMs: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.constantFrom(-6000, -5001, -5000, -1, 304_999, 305_000, 305_001) },
      { weight: 1, arbitrary: fc.integer({ min: -20_000, max: 400_000 }) },
    ),
  });
}
