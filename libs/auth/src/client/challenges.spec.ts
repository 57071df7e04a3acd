import { readChallenges } from './challenges.js';
import { stepUpDemandOf } from './step-up-demand.js';

const read = (header: string) =>
  readChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('readChallenges', () => {
  it.each<[string, string, unknown]>([
    ['nothing', '', []],
    ['a bare scheme', 'Bearer', [['bearer', {}]]],
    ['a token', 'Bearer error=invalid_token', [['bearer', { error: 'invalid_token' }]]],
    [
      'quotes in quotes',
      String.raw`Bearer realm="a \"b\", c=d"`,
      [['bearer', { realm: 'a "b", c=d' }]],
    ],
    ['spaces around the sign', 'Bearer  a = "b" ,c=d', [['bearer', { a: 'b', c: 'd' }]]],
    [
      'several schemes',
      'Basic realm="x", DPoP algs="ES256 EdDSA", error="e", Bearer',
      [
        ['basic', { realm: 'x' }],
        ['dpop', { algs: 'ES256 EdDSA', error: 'e' }],
        ['bearer', {}],
      ],
    ],
    [
      'names in any case, the first of each',
      'BEARER Error="a", error="b"',
      [['bearer', { error: 'a' }]],
    ],
    ['what is broken, up to there', 'Bearer a="b", "c"', [['bearer', { a: 'b' }]]],
    ['a parameter of nobody', 'a="b"', []],
  ])('reads %s', (_, header, expected) => {
    expect(read(header)).toEqual(expected);
  });

  it('is quick with what is made to be slow', () => {
    const started = performance.now();
    for (const part of ['a', 'a ', '"', '\\', 'a="', ',', 'a= '])
      readChallenges(part.repeat(50_000));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('stepUpDemandOf', () => {
  const demandOf = (header: string, status = 401) =>
    stepUpDemandOf({ status, headers: new Headers({ 'www-authenticate': header }) });
  const ERROR = 'error="insufficient_user_authentication"';

  it.each<[string, string, unknown]>([
    ['a bare one', `Bearer ${ERROR}`, [[], undefined, undefined]],
    ['one of DPoP', `DPoP ${ERROR}, acr_values="a b", max_age=0`, [['a', 'b'], 0, undefined]],
    ['the scope', `Bearer ${ERROR}, scope="x y"`, [[], undefined, 'x y']],
    [
      'no text that our own header could not hold',
      `Bearer ${ERROR}, acr_values="a\\"b"`,
      [[], undefined, undefined],
    ],
    ['no age that is none', `Bearer ${ERROR}, max_age="-1"`, [[], undefined, undefined]],
  ])('finds %s', (_, header, expected) => {
    const demand = demandOf(header);
    expect([demand?.acrValues, demand?.maxAgeSeconds, demand?.scope]).toEqual(expected);
  });

  it.each([
    ['another error', 'Bearer error="invalid_token"', 401],
    ['another scheme', `Basic ${ERROR}`, 401],
    ['another status', `Bearer ${ERROR}`, 403],
  ])('finds none in %s', (_, header, status) => {
    expect(demandOf(header, status)).toBeUndefined();
  });
});
