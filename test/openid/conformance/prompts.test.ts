import { setTimeout as sleep } from 'node:timers/promises';
import { type JWTPayload } from 'jose';
import { OpenIdProvider } from '../../support/openid-provider.js';
import { WEB } from '../../support/openid-provider.clients.js';
import { type Change, RelyingParty, type Tokens } from '../../support/relying-party.js';

describe('Basic OP: who is asked, and when', () => {
  let provider: OpenIdProvider;
  let party: RelyingParty;
  let first: { readonly tokens: Tokens; readonly claims: JWTPayload };
  beforeAll(async () => {
    provider = await OpenIdProvider.start();
  }, 60_000);
  beforeEach(async () => {
    party = new RelyingParty(provider, WEB);
    const tokens = await party.signIn({ max_age: '10000' });
    first = { tokens, claims: await party.claims(tokens) };
  });
  afterAll(() => provider.stop());

  /** Authorizes once more in the same browser: whether the person was asked to sign in, and the claims. */
  const again = async (change: Change) => {
    const page = await party.open(change);
    const asked = page.form !== null && 'password' in page.form.fields;
    const answer = party.responseOf(await provider.complete(party.browser, page));
    const response = await party.redeem(answer.get('code'));
    expect(response.status).toBe(200);
    return { asked, claims: await party.claims((await response.json()) as Tokens) };
  };

  it('oidcc-prompt-login', async () => {
    await sleep(1100);
    const { asked, claims } = await again({ prompt: 'login', max_age: '10000' });
    expect(asked).toBe(true);
    expect(claims.sub).toBe(first.claims.sub);
    expect(claims['auth_time']).toBeGreaterThan(Number(first.claims['auth_time']));
  });

  it('oidcc-prompt-none-not-logged-in', async () => {
    const fresh = new RelyingParty(provider, WEB);
    const answer = fresh.responseOf(await fresh.open({ prompt: 'none' }));
    expect(Object.fromEntries(answer)).toMatchObject({
      error: 'login_required',
      state: 'the-state',
      iss: provider.issuer,
    });
    expect(answer.has('code')).toBe(false);
  });

  it('oidcc-prompt-none-logged-in', async () => {
    const { asked, claims } = await again({ prompt: 'none' });
    expect(asked).toBe(false);
    expect([claims.sub, claims['auth_time']]).toEqual([
      first.claims.sub,
      first.claims['auth_time'],
    ]);
  });

  it('oidcc-max-age-1', async () => {
    await sleep(2000);
    const { asked, claims } = await again({ max_age: '1' });
    expect(asked).toBe(true);
    expect(claims.sub).toBe(first.claims.sub);
    expect(claims['auth_time']).toBeGreaterThan(Number(first.claims['auth_time']));
  });

  it('oidcc-max-age-10000', async () => {
    const { asked, claims } = await again({ max_age: '10000' });
    expect(asked).toBe(false);
    expect(claims['auth_time']).toBe(first.claims['auth_time']);
  });

  it('oidcc-id-token-hint', async () => {
    const { asked, claims } = await again({
      prompt: 'none',
      id_token_hint: first.tokens.id_token,
    });
    expect(asked).toBe(false);
    expect([claims.sub, claims['auth_time']]).toEqual([
      first.claims.sub,
      first.claims['auth_time'],
    ]);
  });

  it('an id_token_hint that names another person is answered with login_required', async () => {
    const other = new RelyingParty(provider, WEB);
    const { id_token } = await other.signIn({}, provider.bob);
    const answer = party.responseOf(await party.open({ prompt: 'none', id_token_hint: id_token }));
    expect(answer.get('error')).toBe('login_required');
  });
});
