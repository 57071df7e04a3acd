import { type Principal } from '../principal/principal.js';
import { bothStepUps, stepUpRequirement, unmetStepUp, type StepUpOptions } from './step-up.js';

const NOW = 1_800_000_000;

const unmet = (options: StepUpOptions, claims: object): string | undefined =>
  unmetStepUp(stepUpRequirement(options), { claims } as unknown as Principal, NOW * 1000);

describe('stepUpRequirement', () => {
  it.each<[string, StepUpOptions]>([
    ['nothing', {}],
    ['an empty list', { acr: [] }],
    ['an empty acr', { acr: '' }],
    ['two acr values in one text', { acr: 'one two' }],
    ['an acr that would end its quotes', { acr: 'a"b' }],
    ['an age of 0, which no token can meet', { maxAgeSeconds: 0 }],
    ['a negative age', { maxAgeSeconds: -1 }],
    ['an age that is no number', { maxAgeSeconds: NaN }],
    ['a fraction, which max_age cannot say', { maxAgeSeconds: 1.5 }],
  ])('refuses %s', (_, options) => {
    expect(() => stepUpRequirement(options)).toThrow(TypeError);
  });

  it('asks for both where it is declared twice', () => {
    const both = bothStepUps(
      stepUpRequirement({ acr: ['gold', 'silver'], maxAgeSeconds: 60 }),
      stepUpRequirement({ acr: ['silver', 'bronze'], maxAgeSeconds: 300 }),
    );
    expect(both).toEqual({ acrValues: ['silver'], maxAgeSeconds: 60 });
    expect(bothStepUps(stepUpRequirement({ maxAgeSeconds: 9 }), both)).toEqual({
      acrValues: ['silver'],
      maxAgeSeconds: 9,
    });
  });

  it('refuses two lists of which no token could meet both', () => {
    const [gold, silver] = ['gold', 'silver'].map((acr) => stepUpRequirement({ acr }));
    if (gold === undefined || silver === undefined) throw new Error('never');
    expect(() => bothStepUps(gold, silver)).toThrow(TypeError);
  });
});

describe('unmetStepUp', () => {
  it.each<[string, StepUpOptions, object]>([
    ['the acr', { acr: 'gold' }, { acr: 'gold' }],
    ['one of several acr values', { acr: ['gold', 'silver'] }, { acr: 'silver' }],
    ['an authentication of just that age', { maxAgeSeconds: 60 }, { auth_time: NOW - 60 }],
    ['an issuer whose clock is ahead', { maxAgeSeconds: 60 }, { auth_time: NOW + 4 }],
    ['both', { acr: 'gold', maxAgeSeconds: 60 }, { acr: 'gold', auth_time: NOW }],
  ])('is content with %s', (_, options, claims) => {
    expect(unmet(options, claims)).toBeUndefined();
  });

  it.each<[string, StepUpOptions, object]>([
    ['another acr', { acr: 'gold' }, { acr: 'silver' }],
    ['an acr in other letters', { acr: 'gold' }, { acr: 'Gold' }],
    ['no acr', { acr: 'gold' }, {}],
    ['a list of acr values', { acr: 'gold' }, { acr: ['gold'] }],
    ['an inherited member', { acr: 'gold' }, { acr: { toString: () => 'gold' } }],
    ['an older authentication', { maxAgeSeconds: 60 }, { auth_time: NOW - 61 }],
    ['no auth_time', { maxAgeSeconds: 60 }, {}],
    ['an auth_time that is text', { maxAgeSeconds: 60 }, { auth_time: String(NOW) }],
    ['an auth_time in milliseconds', { maxAgeSeconds: 60 }, { auth_time: NOW * 1000 }],
    ['the acr alone', { acr: 'gold', maxAgeSeconds: 60 }, { acr: 'gold' }],
    ['the time alone', { acr: 'gold', maxAgeSeconds: 60 }, { auth_time: NOW }],
  ])('wants more than %s', (_, options, claims) => {
    expect(unmet(options, claims)).toEqual(expect.any(String));
  });
});
