import { OpenIdProvider } from '../../support/openid-provider.js';
import { POSTING, WEB } from '../../support/openid-provider.clients.js';
import { RelyingParty, type Tokens } from '../../support/relying-party.js';

const OFFLINE = { scope: 'openid offline_access', prompt: 'consent' };

describe('Basic OP: refresh tokens', () => {
  let provider: OpenIdProvider;
  let party: RelyingParty;
  beforeAll(async () => {
    provider = await OpenIdProvider.start();
    party = new RelyingParty(provider, WEB);
  }, 60_000);
  afterAll(() => provider.stop());

  const isRefused = async (response: Response) => {
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' });
  };

  it('oidcc-refresh-token', async () => {
    const before = await party.signIn(OFFLINE);
    expect(before.refresh_token).toMatch(/^[\x20-\x7e]+$/);
    const response = await party.refresh(before.refresh_token);
    expect(response.status).toBe(200);
    const after = (await response.json()) as Tokens;
    expect(after.access_token).not.toBe(before.access_token);
    expect((await party.userinfo(after)).status).toBe(200);

    const [old, renewed] = [await party.claims(before), await party.claims(after)];
    for (const claim of ['iss', 'sub', 'aud', 'auth_time', 'acr', 'azp']) {
      expect(renewed[claim]).toEqual(old[claim]);
    }
    expect(renewed.iat).toBeGreaterThanOrEqual(Number(old.iat));

    const other = new RelyingParty(provider, POSTING);
    const theirs = await other.signIn(OFFLINE);
    await isRefused(await party.refresh(theirs.refresh_token));
    // Who holds what is another's ends nothing by trying it.
    expect((await other.refresh(theirs.refresh_token)).status).toBe(200);
  });
});
