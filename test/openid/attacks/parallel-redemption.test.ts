import { describeWithRedis } from '@keyward/auth-service/testing';
import { OpenIdProvider } from '../../support/openid-provider.js';
import { WEB } from '../../support/openid-provider.clients.js';
import { RelyingParty, type Tokens } from '../../support/relying-party.js';

const ROUNDS = 5;

describeWithRedis('one code at two processes of the server', (redis) => {
  let provider: OpenIdProvider;
  let party: RelyingParty;
  beforeAll(async () => {
    provider = await OpenIdProvider.start({ processes: 2, redis: redis() });
    party = new RelyingParty(provider, WEB);
  }, 60_000);
  afterAll(() => provider.stop());

  const everywhere = (n: number) => provider.replicas[n % provider.replicas.length]?.url ?? '';

  it('is redeemed by a process that did not issue it', async () => {
    const code = (await party.authorize()).get('code');
    const tokens = (await (await party.redeem(code, {}, everywhere(1))).json()) as Tokens;
    expect(await party.claims(tokens)).toMatchObject({ sub: provider.alice.accountId });
    expect((await party.userinfo(tokens)).status).toBe(200);
  });

  it('gives exactly one of ten parallel redemptions tokens, and they do not live on', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const code = (await party.authorize()).get('code');
      const responses = await Promise.all(
        Array.from({ length: 10 }, (_, n) => party.redeem(code, {}, everywhere(n))),
      );
      const won = responses.filter(({ status }) => status === 200);
      expect(won).toHaveLength(1);
      for (const response of responses.filter(({ status }) => status !== 200)) {
        expect(response.status).toBe(400);
        expect(await response.json()).toMatchObject({ error: 'invalid_grant' });
      }
      for (const response of won) {
        const tokens = (await response.json()) as Tokens;
        for (const replica of provider.replicas) {
          expect((await party.userinfo(tokens, replica.url)).status).toBe(401);
        }
        if (tokens.refresh_token === undefined) continue;
        expect((await party.refresh(tokens.refresh_token)).status).toBe(400);
      }
    }
  });

  it('gives ten thieves without the verifier nothing, and its owner everything', async () => {
    const code = (await party.authorize()).get('code');
    const thief = new RelyingParty(provider, WEB);
    const stolen = await Promise.all(
      Array.from({ length: 10 }, (_, n) => thief.redeem(code, {}, everywhere(n))),
    );
    expect(stolen.map(({ status }) => status)).toEqual(Array(10).fill(400));
    const tokens = (await (await party.redeem(code)).json()) as Tokens;
    expect((await party.userinfo(tokens, everywhere(1))).status).toBe(200);
  });
});
