import { describeWithRedis } from '@keyward/auth-service/testing';
import { JWT_BEARER_GRANT } from '@keyward/oauth';
import {
  decodeJwt,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';
import {
  askForToken,
  exchangeLandscape,
  GATEWAY,
  machine,
  PARTNER_ISSUER,
  PARTNER_ISSUER_KEY,
  PARTNER_ISSUER_KID,
} from '../../support/exchange-landscape.js';
import { OpenIdProvider } from '../../support/openid-provider.js';
import { ORDERS } from '../../support/openid-provider.clients.js';

const now = () => Math.floor(Date.now() / 1000);
let serial = 0;

describeWithRedis('an assertion that is not what a partner said, at two replicas', (redis) => {
  let provider: OpenIdProvider;
  beforeAll(async () => {
    const landscape = await exchangeLandscape();
    provider = await OpenIdProvider.start({ ...landscape, processes: 2, redis: redis() });
  }, 120_000);
  afterAll(() => provider.stop());

  const assertion = (
    claims: Record<string, unknown> = {},
    header: Partial<JWTHeaderParameters> = {},
    key: Parameters<SignJWT['sign']>[0] = PARTNER_ISSUER_KEY.privateKey,
  ) =>
    new SignJWT({
      iss: PARTNER_ISSUER,
      sub: 'carol',
      aud: `${provider.issuer}/oauth2/token`,
      jti: `jti-${++serial}`,
      iat: now(),
      exp: now() + 120,
      ...claims,
    })
      .setProtectedHeader({
        alg: 'RS256',
        kid: PARTNER_ISSUER_KID,
        ...header,
      } as JWTHeaderParameters)
      .sign(key);
  const present = (text: string, change: Record<string, string> = {}, at?: string) =>
    askForToken(
      provider,
      machine('presenter'),
      { grant_type: JWT_BEARER_GRANT, assertion: text, resource: ORDERS, ...change },
      at,
    );
  const refusalOf = async (...request: Parameters<typeof present>) =>
    (await present(...request)).refusal;

  it('is worth a token once, whichever replica sees it and however many at a time', async () => {
    const text = await assertion();
    const [one = '', other = ''] = provider.replicas.map(({ url }) => url);
    const refusals = await Promise.all(
      Array.from({ length: 12 }, (_, n) => refusalOf(text, {}, n % 2 === 0 ? one : other)),
    );
    expect(refusals.filter((refusal) => refusal === null)).toHaveLength(1);
    expect(new Set(refusals)).toEqual(new Set([null, '400 invalid_grant']));
    for (const at of [one, other]) expect(await refusalOf(text, {}, at)).toBe('400 invalid_grant');
  });

  it.each<[string, Record<string, unknown>]>([
    ['of an unknown partner', { iss: 'https://sts.evil.example' }],
    ['for another audience', { aud: 'https://other.example' }],
    ['for another audience as well', { aud: ['https://other.example'] }],
    ['that has expired', { iat: now() - 600, exp: now() - 300 }],
    ['that lives for a day', { exp: now() + 86_400 }],
    ['that lives for a day and hides since when', { iat: undefined, exp: now() + 86_400 }],
    ['that never ends', { exp: undefined }],
    ['that cannot be told from another', { jti: undefined }],
  ])('is worth nothing where it is one %s', async (_, claims) => {
    expect(await refusalOf(await assertion(claims))).toBe('400 invalid_grant');
    expect(await refusalOf(await assertion())).toBeNull();
  });

  it('is worth nothing by alg none, by HS256 with the public key, or by a key that it brings', async () => {
    const [, payload] = (await assertion()).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', kid: PARTNER_ISSUER_KID }));
    const secret = Buffer.from(await exportSPKI(PARTNER_ISSUER_KEY.publicKey));
    const mine = await generateKeyPair('RS256');
    const jwk = await exportJWK(mine.publicKey);
    const forged = [
      `${none.toString('base64url')}.${payload}.`,
      await assertion({}, { alg: 'HS256' }, secret),
      await assertion({}, {}, mine.privateKey),
      await assertion({}, { jwk }, mine.privateKey),
    ];
    for (const text of forged) expect(await refusalOf(text)).toBe('400 invalid_grant');
  });

  it('speaks of nobody who is ours: not by an account’s id, nor by a client’s', async () => {
    for (const sub of [provider.alice.accountId, 'gateway', 'partner:acme:carol']) {
      const { access_token = '' } = await present(await assertion({ sub }));
      const claims = decodeJwt(access_token);
      expect(claims).toMatchObject({ sub: `partner:acme:${sub}`, client_id: 'presenter' });
      expect(claims).not.toHaveProperty('grant_id');
    }
  });

  it('is worth no more than partner and client may have, at one of the partner’s resources', async () => {
    const text = await assertion();
    expect(await refusalOf(text, { scope: 'orders:write' })).toBe('400 invalid_scope');
    expect(await refusalOf(text, { scope: 'payments:read' })).toBe('400 invalid_scope');
    expect(await refusalOf(text, { resource: GATEWAY })).toBe('400 invalid_target');
    expect(await refusalOf(text, { resource: '' })).toBe('400 invalid_target');
    const { exp = 0 } = decodeJwt(text);
    const answer = await present(text);
    expect(answer).toMatchObject({ refusal: null, scope: 'orders:read' });
    expect(answer).not.toHaveProperty('refresh_token');
    expect(decodeJwt(answer.access_token ?? '').exp).toBeLessThanOrEqual(exp);
  });

  it('is worth nothing to a client that the partner does not name', async () => {
    const form = { grant_type: JWT_BEARER_GRANT, assertion: await assertion(), resource: ORDERS };
    const gateway = await askForToken(provider, machine('gateway'), form);
    expect(gateway.refusal).toBe('400 unauthorized_client');
  });
});
