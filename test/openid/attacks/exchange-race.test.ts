/** Exchanges at two processes of the server while the grant that they need ends at one of them (RFC 8693 section 5). */
import { ACCESS_TOKEN_TYPE, TOKEN_EXCHANGE_GRANT } from '@keyward/oauth';
import { describeWithRedis } from '@keyward/auth-service/testing';
import {
  askForToken,
  exchangeLandscape,
  GATEWAY,
  machine,
} from '../../support/exchange-landscape.js';
import { OpenIdProvider } from '../../support/openid-provider.js';
import { ORDERS, WEB } from '../../support/openid-provider.clients.js';
import { RelyingParty } from '../../support/relying-party.js';

const ROUNDS = 5;
const PARALLEL = 10;

describeWithRedis('exchanges that race with the end of their grant', (redis) => {
  let provider: OpenIdProvider;
  beforeAll(async () => {
    provider = await OpenIdProvider.start({
      ...(await exchangeLandscape()),
      processes: 2,
      redis: redis(),
    });
  }, 120_000);
  afterAll(() => provider.stop());

  const at = (n: number): string => provider.replicas[n % 2]?.url ?? '';
  const exchange = (subject_token: string, n: number) =>
    askForToken(
      provider,
      machine('gateway'),
      {
        grant_type: TOKEN_EXCHANGE_GRANT,
        subject_token,
        subject_token_type: ACCESS_TOKEN_TYPE,
        resource: ORDERS,
      },
      at(n),
    );
  const introspect = async (token: string, n: number) =>
    (await provider.post(`${at(n)}/oauth2/introspect`, machine('orders'), { token })).json();

  it('leave no live token behind, whichever of them was first', async () => {
    const party = new RelyingParty(provider, WEB);
    for (let round = 0; round < ROUNDS; round += 1) {
      const scope = 'openid offline_access orders:read';
      const { access_token, refresh_token = '' } = await party.signIn({ scope, resource: GATEWAY });
      const before = (await exchange(access_token, round)).access_token ?? '';
      expect(await introspect(before, round)).toMatchObject({ active: true });

      const racing = Array.from({ length: PARALLEL }, (_, n) => exchange(access_token, n));
      const ending = provider.post(`${at(1)}/oauth2/revoke`, WEB, { token: refresh_token });
      const answers = await Promise.all(racing);
      expect((await ending).status).toBe(200);

      for (const { refusal } of answers) expect([null, '400 invalid_request']).toContain(refusal);
      const issued = answers.flatMap(({ access_token: token }) => token ?? []);
      for (const token of [before, ...issued]) {
        for (const n of [0, 1]) expect(await introspect(token, n)).toEqual({ active: false });
      }
      for (const n of [0, 1]) {
        expect((await exchange(access_token, n)).refusal).toBe('400 invalid_request');
      }
    }
  }, 90_000);
});
