import { setTimeout as sleep } from 'node:timers/promises';
import { ACCESS_TOKEN_TYPE, JWT_TYPE, TOKEN_EXCHANGE_GRANT } from '@keyward/oauth';
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import {
  askForToken,
  exchangeLandscape,
  GATEWAY,
  machine,
} from '../../support/exchange-landscape.js';
import { OpenIdProvider } from '../../support/openid-provider.js';
import {
  ORDERS,
  PAYMENTS,
  type ProviderClient,
  PUBLIC,
  WEB,
} from '../../support/openid-provider.clients.js';
import { RelyingParty, type Tokens } from '../../support/relying-party.js';

/** Short, so that a test can see one end. */
const TOKEN_SECONDS = 8;

describe('an exchange that a compromised service attempts', () => {
  let provider: OpenIdProvider;
  let tokens: Tokens;
  beforeAll(async () => {
    provider = await OpenIdProvider.start({
      ...(await exchangeLandscape()),
      environment: { AUTH_ACCESS_TOKEN_SECONDS: String(TOKEN_SECONDS) },
    });
  }, 60_000);
  beforeEach(async () => {
    const party = new RelyingParty(provider, WEB);
    const scope = 'openid offline_access orders:read orders:write';
    const code = (await party.authorize({ scope, resource: GATEWAY })).get('code');
    tokens = (await (await party.redeem(code)).json()) as Tokens;
    // What each test refuses, it refuses for what is wrong there alone.
    expect((await exchange(tokens.access_token)).refusal).toBeNull();
  });
  afterAll(() => provider.stop());

  const gateway = machine('gateway');
  const exchange = (
    subjectToken: string,
    change: Record<string, string> = {},
    caller: ProviderClient = gateway,
  ) =>
    askForToken(provider, caller, {
      grant_type: TOKEN_EXCHANGE_GRANT,
      subject_token: subjectToken,
      subject_token_type: ACCESS_TOKEN_TYPE,
      resource: ORDERS,
      ...change,
    });
  const refusalOf = async (...request: Parameters<typeof exchange>) =>
    (await exchange(...request)).refusal;
  const ownToken = async (id: string) => {
    const form = { grant_type: 'client_credentials', scope: 'orders:read' };
    return (await askForToken(provider, machine(id), form)).access_token ?? '';
  };

  it('widens no scope: not beyond the token, not beyond the service', async () => {
    expect((await exchange(tokens.access_token)).scope).toBe('orders:read');
    for (const scope of ['orders:write', 'orders:read orders:write', 'payments:read', 'openid']) {
      expect(await refusalOf(tokens.access_token, { scope })).toBe('400 invalid_scope');
    }
  });

  it('widens no audience: not to a resource outside the policy, nor to two, nor to the issuer', async () => {
    for (const resource of [PAYMENTS, GATEWAY, provider.issuer, 'https://evil.example']) {
      expect(await refusalOf(tokens.access_token, { resource })).toBe('400 invalid_target');
      const audience = { resource: '', audience: resource };
      expect(await refusalOf(tokens.access_token, audience)).toBe('400 invalid_target');
    }
    expect(await refusalOf(tokens.access_token, { audience: PAYMENTS })).toBe('400 invalid_target');
    expect(await refusalOf(tokens.access_token, { resource: '' })).toBe('400 invalid_target');
  });

  it('widens no lifetime, however often it is repeated', async () => {
    const { exp = 0 } = decodeJwt(tokens.access_token);
    await sleep(2000);
    const first = await exchange(tokens.access_token);
    expect(decodeJwt(first.access_token ?? '').exp).toBe(exp);
    const back = { resource: GATEWAY };
    const second = await exchange(first.access_token ?? '', back, machine('orders-onward'));
    expect(decodeJwt(second.access_token ?? '').exp).toBe(exp);
  });

  it('widens no depth: the fifth actor is refused', async () => {
    let token = tokens.access_token;
    const hops = [gateway, machine('orders-onward'), gateway, machine('orders-onward'), gateway];
    const refusals: (string | null)[] = [];
    for (const hop of hops) {
      const resource = hop === gateway ? ORDERS : GATEWAY;
      const answer = await exchange(token, { resource }, hop);
      refusals.push(answer.refusal);
      token = answer.access_token ?? token;
    }
    expect(refusals).toEqual([null, null, null, null, '400 invalid_request']);
  });

  it('makes nothing of a token that was revoked, by itself or with its grant', async () => {
    const { access_token, refresh_token = '' } = tokens;
    const derived = (await exchange(access_token)).access_token ?? '';
    await provider.post('/oauth2/revoke', WEB, { token: access_token });
    expect(await refusalOf(access_token)).toBe('400 invalid_request');
    const form = { grant_type: 'refresh_token', refresh_token, resource: GATEWAY };
    const fresh = await askForToken(provider, WEB, form);
    expect(await refusalOf(fresh.access_token ?? '')).toBeNull();
    await provider.post('/oauth2/revoke', WEB, { token: fresh.refresh_token ?? '' });
    expect(await refusalOf(fresh.access_token ?? '')).toBe('400 invalid_request');
    // Nor of what was made of it before.
    const onward = [derived, { resource: GATEWAY }, machine('orders-onward')] as const;
    expect(await refusalOf(...onward)).toBe('400 invalid_request');
  });

  it('makes nothing of a token that has expired', async () => {
    const { exp = 0 } = decodeJwt(tokens.access_token);
    expect(await refusalOf(tokens.access_token)).toBeNull();
    await sleep(exp * 1000 - Date.now() + 50);
    expect(await refusalOf(tokens.access_token)).toBe('400 invalid_request');
  });

  it('makes nothing of a foreign token, under our kid or its own', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const claims = decodeJwt(tokens.access_token);
    const { kid = '' } = decodeProtectedHeader(tokens.access_token);
    for (const header of [{ kid }, { kid: 'mine' }]) {
      const forged = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header })
        .sign(privateKey);
      expect(await refusalOf(forged)).toBe('400 invalid_request');
      const elsewhere = await new SignJWT({ ...claims, iss: 'https://other.example' })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header })
        .sign(privateKey);
      expect(await refusalOf(elsewhere)).toBe('400 invalid_request');
    }
  });

  it('makes nothing of an ID token or a refresh token, whatever it is called', async () => {
    for (const token of [tokens.id_token, tokens.refresh_token ?? '']) {
      for (const subject_token_type of [
        ACCESS_TOKEN_TYPE,
        JWT_TYPE,
        'urn:ietf:params:oauth:token-type:id_token',
        'urn:ietf:params:oauth:token-type:refresh_token',
      ]) {
        expect(await refusalOf(token, { subject_token_type })).toBe('400 invalid_request');
      }
    }
  });

  it('makes nothing of a token that was not sent to it', async () => {
    // Not for its resource, although it may exchange and the scope would do.
    expect(await refusalOf(tokens.access_token, {}, machine('stranger'))).toBe(
      '400 invalid_request',
    );
    const onward = (await exchange(tokens.access_token)).access_token ?? '';
    expect(await refusalOf(onward)).toBe('400 invalid_request');
  });

  it('makes nothing of a token of a service itself, which no sign-out would end', async () => {
    expect(await refusalOf(await ownToken('gateway'))).toBe('400 invalid_request');
    expect(await refusalOf(await ownToken('orders-onward'))).toBe('400 invalid_request');
  });

  it('lets nobody act but the caller', async () => {
    const actor_token_type = ACCESS_TOKEN_TYPE;
    for (const actor_token of [
      await ownToken('orders-onward'),
      tokens.access_token,
      tokens.id_token,
      'x',
    ]) {
      const change = { actor_token, actor_token_type };
      expect(await refusalOf(tokens.access_token, change)).toBe('400 invalid_request');
    }
    const own = { actor_token: await ownToken('gateway'), actor_token_type };
    const { access_token = '' } = await exchange(tokens.access_token, own);
    expect(decodeJwt(access_token)['act']).toEqual({ sub: 'gateway' });
  });

  it('is not for a public client, nor for one that says it is the gateway', async () => {
    expect(await refusalOf(tokens.access_token, {}, PUBLIC)).toBe('400 unauthorized_client');
    expect(await refusalOf(tokens.access_token, {}, WEB)).toBe('400 unauthorized_client');
    const posing = { ...gateway, method: 'none' as const };
    expect(await refusalOf(tokens.access_token, {}, posing)).toBe('401 invalid_client');
    const guessing = { ...gateway, secret: 'guessed' };
    expect(await refusalOf(tokens.access_token, {}, guessing)).toBe('401 invalid_client');
  });

  it('leaves no token in the log', () => {
    for (const token of [tokens.access_token, tokens.id_token, tokens.refresh_token ?? '']) {
      expect(provider.output).not.toContain(token);
    }
  });
});
