/** The settings of a JWKS provider: defaults, and what no setting may be. */
import { resolveJwksOptions, type JwksOptions } from './jwks.options.js';

const NAMES = Object.keys(resolveJwksOptions()) as (keyof JwksOptions)[];

describe('resolveJwksOptions', () => {
  it('has the documented defaults, and takes undefined for one of them', () => {
    expect(resolveJwksOptions({ timeoutMs: undefined, retrySeconds: 7 })).toEqual({
      timeoutMs: 5000,
      maxBytes: 262_144,
      defaultMaxAgeSeconds: 600,
      minMaxAgeSeconds: 30,
      maxMaxAgeSeconds: 86_400,
      maxStaleSeconds: 86_400,
      unknownKidBurst: 5,
      unknownKidIntervalSeconds: 30,
      retrySeconds: 7,
    });
  });

  it.each(NAMES)('refuses %s that is not a number, naming it', (name) => {
    for (const value of [NaN, Infinity, -1, '10', null]) {
      const options = { [name]: value } as JwksOptions;
      expect(() => resolveJwksOptions(options)).toThrow(TypeError);
      expect(() => resolveJwksOptions(options)).toThrow(`jwksOptions.${name}`);
    }
  });

  it.each(['timeoutMs', 'maxBytes', 'unknownKidIntervalSeconds'])('refuses 0 for %s', (name) => {
    expect(() => resolveJwksOptions({ [name]: 0 })).toThrow(TypeError);
  });

  it('refuses a setting that there is not, such as one misspelt', () => {
    expect(() => resolveJwksOptions({ maxStaleSecond: 1 } as JwksOptions)).toThrow(
      'jwksOptions has no maxStaleSecond',
    );
  });
});
