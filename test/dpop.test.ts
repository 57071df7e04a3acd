/** DPoP from end to end: openid-client, auth-service and orders-service, each as it is. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { type AppProcess } from './support/app-process.js';
import { freeLoopbackPort } from './support/free-loopback-port.js';
import { HttpBrowser } from './support/http-browser.js';
import { OpenIdProvider } from './support/openid-provider.js';
import { declare, PUBLIC, type ProviderClient, WEB } from './support/openid-provider.clients.js';
import { startOrdersService } from './support/orders-service.js';

const BOUND: ProviderClient = {
  ...PUBLIC,
  id: 'bound',
  redirectUri: 'https://bound.example.com/cb',
};

describe('DPoP from end to end', () => {
  let provider: OpenIdProvider;
  let orders: AppProcess;
  beforeAll(async () => {
    const url = `http://127.0.0.1:${await freeLoopbackPort()}`;
    provider = await OpenIdProvider.start({
      orders: url,
      clients: [{ ...declare(BOUND), dpop_bound_access_tokens: true }],
    });
    orders = await startOrdersService({
      ORDERS_PORT: new URL(url).port,
      ORDERS_ISSUER: provider.issuer,
      ORDERS_FILE: join(provider.directory, 'orders.json'),
    });
  }, 90_000);
  afterAll(async () => {
    await orders.stop();
    await provider.stop();
  });

  const discover = ({ id, method, secret }: ProviderClient) => {
    const authentication = method === 'none' ? client.None() : client.ClientSecretBasic(secret);
    const execute = { execute: [client.allowInsecureRequests] };
    return client.discovery(new URL(provider.issuer), id, undefined, authentication, execute);
  };

  /** Signs alice in by a pushed request whose code is bound to the key, and redeems it with the key. */
  async function signIn(who: ProviderClient) {
    const config = await discover(who);
    const keyPair = await client.randomDPoPKeyPair('ES256');
    const DPoP = client.getDPoPHandle(config, keyPair);
    const verifier = client.randomPKCECodeVerifier();
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const jkt = await DPoP.calculateThumbprint();
    const url = await client.buildAuthorizationUrlWithPAR(
      config,
      {
        redirect_uri: who.redirectUri,
        scope: 'openid orders:read orders:write offline_access',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        dpop_jkt: jkt,
        state,
        nonce,
      },
      { DPoP },
    );
    const browser = new HttpBrowser([provider.issuer]);
    const end = await provider.complete(browser, await browser.open(url));
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
    const redeem = (by: client.DPoPHandle | undefined) =>
      client.authorizationCodeGrant(config, end.url, checks, undefined, by && { DPoP: by });
    return { config, DPoP, jkt, redeem };
  }

  it.each([WEB, PUBLIC, BOUND])('takes $id from a pushed request to an order', async (who) => {
    const { config, DPoP, jkt, redeem } = await signIn(who);
    const tokens = await redeem(DPoP);
    expect(tokens.token_type).toBe('dpop');
    expect(decodeJwt(tokens.access_token)['cnf']).toEqual({ jkt });

    const subject = tokens.claims()?.sub ?? '';
    const userinfo = await client.fetchUserInfo(config, tokens.access_token, subject, { DPoP });
    expect(userinfo.sub).toBe(provider.alice.accountId);

    const ask = (token: string, method = 'GET', body?: string) =>
      client.fetchProtectedResource(
        config,
        token,
        new URL('/orders?limit=5', orders.url),
        method,
        body,
        new Headers(body === undefined ? {} : { 'content-type': 'application/json' }),
        { DPoP },
      );
    expect((await ask(tokens.access_token)).status).toBe(200);

    const refreshed = await client.refreshTokenGrant(
      config,
      tokens.refresh_token ?? '',
      undefined,
      {
        DPoP,
      },
    );
    expect(decodeJwt(refreshed.access_token)['cnf']).toEqual({ jkt });
    expect((await ask(refreshed.access_token)).status).toBe(200);
  });

  it('gives a thief of code, refresh token or access token nothing', async () => {
    const { config, DPoP, redeem } = await signIn(PUBLIC);
    const thief = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    for (const by of [thief, undefined]) {
      await expect(redeem(by)).rejects.toMatchObject({ error: 'invalid_grant' });
    }
    const tokens = await redeem(DPoP);
    for (const by of [{ DPoP: thief }, undefined]) {
      await expect(
        client.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, by),
      ).rejects.toMatchObject({ error: 'invalid_grant' });
    }
    const url = new URL('/orders', orders.url);
    const bearer = await fetch(url, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(bearer.status).toBe(401);
    await expect(
      client.fetchProtectedResource(config, tokens.access_token, url, 'GET', undefined, undefined, {
        DPoP: thief,
      }),
    ).rejects.toThrow();
    const { access_token } = await client.refreshTokenGrant(
      config,
      tokens.refresh_token ?? '',
      undefined,
      { DPoP },
    );
    expect(access_token).toEqual(expect.any(String));
  });

  it('demands a proof of a client that is registered so', async () => {
    const { redeem, DPoP } = await signIn({ ...BOUND });
    await expect(redeem(undefined)).rejects.toMatchObject({ error: 'invalid_request' });
    expect((await redeem(DPoP)).token_type).toBe('dpop');
  });

  it('tells of its algorithms, as does the resource', async () => {
    const config = await discover(WEB);
    const algorithms = ['ES256', 'ES384', 'EdDSA', 'Ed25519', 'PS256', 'RS256'];
    expect(config.serverMetadata().dpop_signing_alg_values_supported).toEqual(algorithms);
    const metadata = await fetch(`${orders.url}/.well-known/oauth-protected-resource`);
    expect(await metadata.json()).toMatchObject({ dpop_signing_alg_values_supported: algorithms });
  });

  it('works with each algorithm that openid-client has', async () => {
    const config = await discover(WEB);
    for (const alg of ['ES256', 'PS256', 'RS256', 'Ed25519']) {
      const keyPair = await client.randomDPoPKeyPair(alg);
      const DPoP = client.getDPoPHandle(config, keyPair);
      const parameters = { refresh_token: randomUUID() };
      // The proof is good, so it is the refresh token that is refused.
      await expect(
        client.genericGrantRequest(config, 'refresh_token', parameters, { DPoP }),
      ).rejects.toMatchObject({ error: 'invalid_grant' });
    }
  });
});
