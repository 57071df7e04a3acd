import { MFA_ACR, PASSWORD_ACR } from '../authentication/acr.js';
import { type Session } from '../session/session.js';
import { authorizationRequestFixture } from '../testing/authorization-request.fixture.js';
import { clientFixture } from '../testing/client.fixture.js';
import { interactionFixture } from '../testing/interaction.fixture.js';
import { decide, type Situation } from './authorization.decision.js';
import { type AuthorizationRequest } from './authorization-request.js';

const NOW = Date.UTC(2026, 10, 21, 12);
const minutesAgo = (minutes: number) => new Date(NOW - minutes * 60_000);

const session: Session = {
  sid: 's1',
  accountId: 'alice',
  authenticatedAt: minutesAgo(10),
  acr: PASSWORD_ACR,
  amr: ['pwd'],
  idleExpiresAt: new Date(NOW + 1),
  expiresAt: new Date(NOW + 1),
};
const freshSession = { ...session, authenticatedAt: minutesAgo(1) };
const interaction = interactionFixture({ createdAtMs: minutesAgo(2).getTime() });
const remembered = { accountId: 'alice', clientId: 'shop', scope: ['openid'], resources: [] };
const firstParty = clientFixture({ firstParty: true });
const native = clientFixture({ applicationType: 'native', authenticationMethod: 'none' });

const decideFor = (
  request: Partial<AuthorizationRequest>,
  { ...change }: Partial<Omit<Situation, 'request'>> = {},
) => {
  const decision = decide({
    request: authorizationRequestFixture(request),
    client: clientFixture(),
    session,
    remembered,
    interaction: null,
    needed: PASSWORD_ACR,
    now: new Date(NOW),
    ...change,
  });
  return decision.next === 'refuse' ? decision.code : decision.next;
};

describe('decide', () => {
  it('answers at once where somebody is signed in and allowed it before', () => {
    expect(decideFor({})).toBe('respond');
    expect(decideFor({ prompt: ['none'] })).toBe('respond');
  });

  it.each<[string, Partial<AuthorizationRequest>, Partial<Situation>, string, string]>([
    ['nobody is signed in', {}, { session: null }, 'signIn', 'login_required'],
    ['the sign-in is too old', { maxAgeSeconds: 599 }, {}, 'signIn', 'login_required'],
    ['max_age is 0', { maxAgeSeconds: 0 }, {}, 'signIn', 'login_required'],
    ['another person is expected', { hintedSubject: 'bob' }, {}, 'signIn', 'login_required'],
    ['nothing was allowed', {}, { remembered: null }, 'consent', 'consent_required'],
    ['more is asked for', { scope: ['openid', 'email'] }, {}, 'consent', 'consent_required'],
    ['another resource is asked for', { resources: ['urn:a'] }, {}, 'consent', 'consent_required'],
    ['more than a password is needed', {}, { needed: MFA_ACR }, 'factor', 'login_required'],
    [
      'more than a password is needed, and the sign-in is too old',
      { maxAgeSeconds: 599 },
      { needed: MFA_ACR },
      'signIn',
      'login_required',
    ],
    [
      'any program could ask as this client',
      { redirectUri: 'com.example.app:/callback' },
      { client: native },
      'consent',
      'consent_required',
    ],
    [
      'any program could ask as this client on loopback',
      { redirectUri: 'http://127.0.0.1:1/callback' },
      { client: native },
      'consent',
      'consent_required',
    ],
  ])('asks the person where %s, and says so where it may not', (_, request, now, next, code) => {
    expect(decideFor(request, now)).toBe(next);
    expect(decideFor({ ...request, prompt: ['none'] }, now)).toBe(code);
  });

  it.each<[string, Partial<AuthorizationRequest>, Partial<Situation>]>([
    ['the sign-in is young enough', { maxAgeSeconds: 601 }, {}],
    ['the expected person is signed in', { hintedSubject: 'alice' }, {}],
    ['the sign-in is surer than needed', {}, { session: { ...session, acr: MFA_ACR } }],
    ['nobody can sign in as wished', { acrValues: ['urn:other'] }, {}],
    ['the client is of the house', {}, { client: firstParty, remembered: null }],
    [
      'the native client is of the house',
      { redirectUri: 'com.example.app:/callback' },
      { client: { ...native, firstParty: true }, remembered: null },
    ],
    ['a native client has a claimed https address', {}, { client: native }],
  ])('answers at once where %s', (_, request, now) => {
    expect(decideFor(request, now)).toBe('respond');
  });

  it.each<[string, Partial<AuthorizationRequest>, string]>([
    ['login', { prompt: ['login'] }, 'signIn'],
    ['consent', { prompt: ['consent'] }, 'consent'],
    ['select_account', { prompt: ['select_account'] }, 'selectAccount'],
    ['all of them', { prompt: ['login', 'consent', 'select_account'] }, 'signIn'],
  ])('obeys prompt=%s, also for a client of the house', (_, request, next) => {
    expect(decideFor(request)).toBe(next);
    expect(decideFor(request, { client: firstParty })).toBe(next);
  });

  it.each<[string, Partial<AuthorizationRequest>]>([
    ['prompt=login', { prompt: ['login'] }],
    ['max_age=0', { maxAgeSeconds: 0 }],
    ['prompt=select_account', { prompt: ['select_account'] }],
    ['an impersonable client', { redirectUri: 'com.example.app:/callback' }],
  ])('takes a sign-in for this very request as the answer to %s', (_, request) => {
    const change = { interaction, session: freshSession, client: native };
    expect(decideFor(request, change)).toBe('respond');
    expect(decideFor(request, { ...change, session })).not.toBe('respond');
  });

  it('refuses where the wrong person signed in for a request that names another', () => {
    const change = { interaction, session: freshSession };
    expect(decideFor({ hintedSubject: 'bob' }, change)).toBe('login_required');
  });

  it('goes on with the session that was selected, and with no other', () => {
    const selected = { ...interaction, selectedSid: 's1' };
    const request = { prompt: ['select_account' as const] };
    expect(decideFor(request, { interaction: selected })).toBe('respond');
    const other = { ...session, sid: 's2' };
    expect(decideFor(request, { interaction: selected, session: other })).toBe('selectAccount');
  });

  it('takes the answer to the consent page of the account that is signed in alone', () => {
    const answered = (accountId: string, allowed: boolean) => ({
      interaction: { ...interaction, consent: { accountId, allowed } },
      remembered: null,
    });
    expect(decideFor({}, answered('alice', true))).toBe('respond');
    expect(decideFor({ prompt: ['consent'] }, answered('alice', true))).toBe('respond');
    expect(decideFor({}, answered('bob', true))).toBe('consent');
    expect(decideFor({}, answered('alice', false))).toBe('access_denied');
  });
});
