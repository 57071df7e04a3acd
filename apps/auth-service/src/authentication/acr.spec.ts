import {
  acrOf,
  joinAmr,
  MFA_ACR,
  PASSWORD_ACR,
  PHISHING_RESISTANT_ACR,
  reaches,
  surer,
} from './acr.js';

describe('acr', () => {
  it.each([
    [[], PASSWORD_ACR],
    [['pwd'], PASSWORD_ACR],
    [['otp'], PASSWORD_ACR],
    [['swk'], PASSWORD_ACR],
    [['fed'], PASSWORD_ACR],
    // What says so of itself is not believed.
    [['pwd', 'mfa'], PASSWORD_ACR],
    [['pwd', 'otp'], MFA_ACR],
    [['pwd', 'hwk'], PHISHING_RESISTANT_ACR],
    [['swk', 'user'], PHISHING_RESISTANT_ACR],
  ])('of %j is %s', (amr, acr) => {
    expect(acrOf(amr)).toBe(acr);
  });

  it('is a ladder', () => {
    expect(reaches(PHISHING_RESISTANT_ACR, MFA_ACR)).toBe(true);
    expect(reaches(MFA_ACR, MFA_ACR)).toBe(true);
    expect(reaches(PASSWORD_ACR, MFA_ACR)).toBe(false);
    expect(reaches('urn:another', PASSWORD_ACR)).toBe(false);
    expect(surer(PASSWORD_ACR, MFA_ACR)).toBe(MFA_ACR);
    expect(surer(MFA_ACR, PASSWORD_ACR)).toBe(MFA_ACR);
  });

  it('says that there were several factors where there were', () => {
    expect(joinAmr(['pwd'], ['otp', 'pwd'])).toEqual(['pwd', 'otp', 'mfa']);
    expect(joinAmr(['pwd', 'mfa'])).toEqual(['pwd']);
  });
});
