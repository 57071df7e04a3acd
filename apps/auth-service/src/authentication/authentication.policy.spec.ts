import { type Acr, MFA_ACR, PASSWORD_ACR, PHISHING_RESISTANT_ACR } from './acr.js';
import { type Assurance, AssuranceStore } from './assurance.store.js';
import { acrToShow, AuthenticationPolicy, type PolicySubject } from './authentication.policy.js';

class KnownAssurance extends AssuranceStore {
  constructor(private readonly known: Partial<Assurance>) {
    super();
  }

  async find(): Promise<Assurance> {
    return { requiredAcrs: [], factorKinds: [], ...this.known };
  }
}

const needed = (known: Partial<Assurance>, subject: Partial<PolicySubject> = {}): Promise<Acr> =>
  new AuthenticationPolicy(new KnownAssurance(known)).neededAcr({
    accountId: 'alice',
    client: { requiredAcr: null },
    request: { acrValues: [] },
    ...subject,
  });

describe('AuthenticationPolicy', () => {
  it.each<[string, Partial<Assurance>, Partial<PolicySubject>, Acr]>([
    ['nothing says more', {}, {}, PASSWORD_ACR],
    ['the person enrolled a factor', { factorKinds: ['totp'] }, {}, MFA_ACR],
    ['a group demands it', { requiredAcrs: [PASSWORD_ACR, MFA_ACR] }, {}, MFA_ACR],
    ['the client demands it', {}, { client: { requiredAcr: MFA_ACR } }, MFA_ACR],
    ['the request asks for it', {}, { request: { acrValues: ['urn:x', MFA_ACR] } }, MFA_ACR],
    [
      'the least of what the request asks for will do',
      {},
      { request: { acrValues: [PHISHING_RESISTANT_ACR, MFA_ACR] } },
      MFA_ACR,
    ],
    [
      'the surest of all demands counts',
      { factorKinds: ['passkey'], requiredAcrs: [PHISHING_RESISTANT_ACR] },
      { request: { acrValues: [PASSWORD_ACR] } },
      PHISHING_RESISTANT_ACR,
    ],
    [
      'what the request asks for is unknown',
      {},
      { request: { acrValues: ['urn:x'] } },
      PASSWORD_ACR,
    ],
  ])('where %s', async (_, known, subject, acr) => {
    expect(await needed(known, subject)).toBe(acr);
  });
});

describe('acrToShow', () => {
  it.each([
    [[], MFA_ACR, MFA_ACR],
    [[PASSWORD_ACR], MFA_ACR, PASSWORD_ACR],
    [[PHISHING_RESISTANT_ACR, MFA_ACR], MFA_ACR, MFA_ACR],
    [[MFA_ACR], PASSWORD_ACR, PASSWORD_ACR],
    [['urn:x'], PASSWORD_ACR, PASSWORD_ACR],
    [[PASSWORD_ACR], 'urn:former', 'urn:former'],
  ])('of %j and %s is %s', (requested, acr, shown) => {
    expect(acrToShow(requested, acr)).toBe(shown);
  });
});
