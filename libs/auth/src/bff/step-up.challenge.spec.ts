import { stepUpIn, stepUpPath } from './step-up.challenge.js';

describe('a challenge of a service', () => {
  it.each([
    [
      'Bearer error="insufficient_user_authentication", acr_values="urn:a urn:b", max_age="60"',
      { acrValues: 'urn:a urn:b', maxAge: '60' },
    ],
    [
      'DPoP algs="ES256", Bearer realm="x, y", error=insufficient_user_authentication, max_age=5',
      { acrValues: undefined, maxAge: '5' },
    ],
    ['Bearer error="invalid_token", acr_values="urn:a"', null],
    [
      'Bearer error="invalid_token", error_description="error=insufficient_user_authentication"',
      null,
    ],
    ['Bearer', null],
    ['', null],
  ])('%s', (header, wanted) => {
    expect(stepUpIn(header)).toEqual(wanted);
  });

  it('becomes a path at which the person proves more', () => {
    const challenge = { acrValues: 'urn:a urn:b&x', maxAge: '60' };
    expect(stepUpPath('/bff', challenge)).toBe(
      '/bff/login?acr_values=urn%3Aa+urn%3Ab%26x&max_age=60',
    );
  });
});
