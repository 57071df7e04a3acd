import { formatTerms } from './grant-terms.store.js';

const TERMS = { scope: ['openid'], resources: ['urn:a'], acr: 'urn:acr', amr: ['pwd'] };

describe('formatTerms', () => {
  it('writes terms without details as it always did, so that rows of before are found', () => {
    const before = '[["openid"],["urn:a"],"urn:acr",["pwd"]]';
    expect(formatTerms(TERMS)).toBe(before);
    expect(formatTerms({ ...TERMS, authorizationDetails: [] })).toBe(before);
  });

  it('tells details apart by what they say, and not by the order of their members', () => {
    const one = formatTerms({ ...TERMS, authorizationDetails: [{ type: 'a', n: 1, m: 2 }] });
    expect(one).not.toBe(formatTerms(TERMS));
    expect(formatTerms({ ...TERMS, authorizationDetails: [{ m: 2, n: 1, type: 'a' }] })).toBe(one);
    expect(formatTerms({ ...TERMS, authorizationDetails: [{ type: 'a', n: 2, m: 2 }] })).not.toBe(
      one,
    );
  });
});
