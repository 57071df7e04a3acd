import { randomBytes } from 'node:crypto';
import { HttpBrowser } from '../../support/http-browser.js';
import { OpenIdProvider } from '../../support/openid-provider.js';
import { HOUSE, WEB } from '../../support/openid-provider.clients.js';
import { RelyingParty } from '../../support/relying-party.js';

const SESSION = 'keyward-session';

describe('sessions, in the hands of an attacker', () => {
  let provider: OpenIdProvider;
  beforeAll(async () => {
    provider = await OpenIdProvider.start();
  }, 60_000);
  afterAll(() => provider.stop());

  const house = (browser?: HttpBrowser) => {
    const party = new RelyingParty(provider, HOUSE);
    if (browser !== undefined) party.browser = browser;
    return party;
  };
  const sessionOf = (party: RelyingParty) =>
    party.browser.cookiesOf(provider.issuer).get(SESSION) ?? '';
  const isSignedIn = async (party: RelyingParty) =>
    party.responseOf(await party.open({ prompt: 'none' })).has('code');

  it('a cookie that was planted before the sign-in is worth nothing after it (fixation)', async () => {
    const [victim, attacker] = [house(), house()];
    for (const planted of [randomBytes(32).toString('base64url'), 'x']) {
      victim.browser.cookiesOf(provider.issuer).set(SESSION, planted);
      attacker.browser.cookiesOf(provider.issuer).set(SESSION, planted);
      await victim.authorize({ prompt: 'login' });
      expect(sessionOf(victim)).not.toBe(planted);
      expect(await isSignedIn(victim)).toBe(true);
      expect(await isSignedIn(attacker)).toBe(false);
    }
  });

  it('a live session of the attacker, planted, does not become that of the victim', async () => {
    const [victim, attacker] = [house(), house()];
    await attacker.authorize({}, provider.bob);
    const planted = sessionOf(attacker);
    victim.browser.cookiesOf(provider.issuer).set(SESSION, planted);
    await victim.authorize({ prompt: 'login' }, provider.alice);
    expect(sessionOf(victim)).not.toBe(planted);
    // The attacker is not turned into the victim: they are nobody now.
    expect(await isSignedIn(attacker)).toBe(false);
    const tokens = await victim.signIn({ prompt: 'none' });
    expect(await victim.claims(tokens)).toMatchObject({ sub: provider.alice.accountId });
  });

  it('a cookie from before a new sign-in, and from before signing out, is over', async () => {
    const party = house();
    await party.authorize();
    const old = sessionOf(party);
    await party.authorize({ prompt: 'login' });
    const thief = house();
    thief.browser.cookiesOf(provider.issuer).set(SESSION, old);
    expect(await isSignedIn(thief)).toBe(false);

    const last = sessionOf(party);
    const page = await party.browser.open(`${provider.issuer}/oauth2/logout`);
    await party.browser.submit(page);
    thief.browser.cookiesOf(provider.issuer).set(SESSION, last);
    expect(await isSignedIn(thief)).toBe(false);
  });

  it('what one browser began, no other one can see, fill in or finish', async () => {
    const victim = new RelyingParty(provider, WEB);
    const signIn = await victim.open();
    const id = /[\w-]{22}/.exec(signIn.url.pathname)?.[0] ?? '';
    const consent = await victim.browser.submit(signIn, {
      username: provider.alice.username,
      password: provider.alice.password,
    });
    const attacker = new HttpBrowser([provider.issuer]);
    await house(attacker).authorize({}, provider.bob);
    for (const path of ['sign-in', 'account', 'consent'].map(
      (page) => `/interaction/${id}/${page}`,
    )) {
      const seen = await attacker.open(provider.issuer + path);
      expect([seen.status, seen.html.includes('form_token')]).toEqual([404, false]);
    }
    const fields = { ...consent.form?.fields, decision: 'allow' };
    const filled = await attacker.post(consent.form?.action ?? '', fields, provider.issuer);
    expect(filled.status).toBe(404);
    const finished = await attacker.open(`${provider.issuer}/oauth2/authorize/${id}`);
    expect([finished.url.origin, finished.status]).toEqual([provider.issuer, 400]);

    const end = await provider.complete(victim.browser, consent);
    expect(victim.responseOf(end).has('code')).toBe(true);
    // And once it is answered, not even by the same browser.
    const again = await victim.browser.open(`${provider.issuer}/oauth2/authorize/${id}`);
    expect([again.url.origin, again.status]).toEqual([provider.issuer, 400]);
  });

  it('signing out ends what came of the session, and leaves what was allowed offline', async () => {
    const party = house();
    const online = await party.signIn({ scope: 'openid' });
    const offline = await party.signIn({ scope: 'openid offline_access' });
    const page = await party.browser.open(`${provider.issuer}/oauth2/logout`);
    await party.browser.submit(page);
    expect((await party.userinfo(online)).status).toBe(401);
    const refused = await party.refresh(online.refresh_token);
    expect([refused.status, await refused.json()]).toMatchObject([400, { error: 'invalid_grant' }]);
    expect((await party.userinfo(offline)).status).toBe(200);
    expect((await party.refresh(offline.refresh_token)).status).toBe(200);
  });
});
