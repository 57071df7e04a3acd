import { setTimeout as sleep } from 'node:timers/promises';
import { OpenIdProvider } from '../../support/openid-provider.js';
import { WEB } from '../../support/openid-provider.clients.js';
import { RelyingParty, type Tokens } from '../../support/relying-party.js';

describe('Basic OP: codes that come twice', () => {
  let provider: OpenIdProvider;
  let party: RelyingParty;
  beforeAll(async () => {
    provider = await OpenIdProvider.start();
    party = new RelyingParty(provider, WEB);
  }, 60_000);
  afterAll(() => provider.stop());

  const isRefused = async (response: Response) => {
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' });
  };

  const redeemedTwice = async (pauseMs: number) => {
    const code = (await party.authorize()).get('code');
    const tokens = (await (await party.redeem(code)).json()) as Tokens;
    expect((await party.userinfo(tokens)).status).toBe(200);
    await sleep(pauseMs);
    await isRefused(await party.redeem(code));
    return tokens;
  };

  it('oidcc-codereuse', async () => {
    await redeemedTwice(0);
  });

  it('oidcc-codereuse-30seconds', async () => {
    const tokens = await redeemedTwice(30_000);
    // What came of the code is gone with it.
    expect((await party.userinfo(tokens)).status).toBe(401);
  }, 60_000);
});
