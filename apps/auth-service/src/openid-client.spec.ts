import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import * as client from 'openid-client';
import {
  ALICE,
  ORDERS,
  PARTNER_KEY,
  PARTNER_KID,
  SECRETS,
  SPA_ORIGIN,
  WEB_REDIRECT_URI,
} from './testing/bootstrap.fixture.js';
import { CodeFlow } from './testing/code-flow.js';
import { TestApplication } from './testing/test-application.js';

describe('openid-client, as the application that a person signs in to', () => {
  let server: TestApplication;
  let issuer: string;
  let flow: CodeFlow;
  beforeAll(async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    issuer = `http://127.0.0.1:${port}`;
    server = await TestApplication.start({ port, environment: { AUTH_ISSUER: issuer } });
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    flow = new CodeFlow(server, issuer);
  });

  const discover = (clientId: string, authentication: client.ClientAuth) =>
    client.discovery(new URL(issuer), clientId, undefined, authentication, {
      execute: [client.allowInsecureRequests],
    });

  /** Starts as the application does; `push` by a pushed request. Ends where it knows the person. */
  async function signIn(
    configuration: client.Configuration,
    redirectUri: string,
    { push = false, resource }: { push?: boolean; resource?: string } = {},
  ) {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const checks = {
      pkceCodeVerifier,
      expectedState: client.randomState(),
      expectedNonce: client.randomNonce(),
      idTokenExpected: true,
    };
    const parameters = {
      redirect_uri: redirectUri,
      scope: 'openid email orders:read',
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      ...(resource !== undefined && { resource }),
    };
    const url = push
      ? await client.buildAuthorizationUrlWithPAR(configuration, parameters)
      : client.buildAuthorizationUrl(configuration, parameters);
    const response = await flow.finish(await flow.browser.get(`${url.pathname}${url.search}`));
    return {
      response,
      redeem: () => client.authorizationCodeGrant(configuration, response, checks),
    };
  }

  it.each<[string, string, () => client.ClientAuth, string, boolean]>([
    [
      'web',
      'client_secret_basic',
      () => client.ClientSecretBasic(SECRETS['SECRET_OF_web']),
      WEB_REDIRECT_URI,
      false,
    ],
    [
      'web',
      'client_secret_basic and a pushed request',
      () => client.ClientSecretBasic(SECRETS['SECRET_OF_web']),
      WEB_REDIRECT_URI,
      true,
    ],
    [
      'partner',
      'private_key_jwt and a pushed request',
      () => client.PrivateKeyJwt({ key: PARTNER_KEY.privateKey, kid: PARTNER_KID }),
      'https://partner.example.com/callback',
      true,
    ],
    ['spa', 'no authentication', () => client.None(), `${SPA_ORIGIN}/callback`, false],
    [
      'spa',
      'no authentication and a pushed request',
      () => client.None(),
      `${SPA_ORIGIN}/callback`,
      true,
    ],
  ])('signs a person in as %s, by %s', async (clientId, _, authentication, redirectUri, push) => {
    const configuration = await discover(clientId, authentication());
    const { redeem } = await signIn(configuration, redirectUri, { push });
    const tokens = await redeem();
    expect(tokens.claims()).toMatchObject({ sub: ALICE, aud: clientId, iss: issuer });
    const userinfo = await client.fetchUserInfo(configuration, tokens.access_token, ALICE);
    expect(userinfo).toMatchObject({ sub: ALICE, email: 'alice@example.com' });
    await expect(redeem()).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('gets a token for the resource that it asks for', async () => {
    const configuration = await discover('web', client.ClientSecretBasic(SECRETS['SECRET_OF_web']));
    const { redeem } = await signIn(configuration, WEB_REDIRECT_URI, { resource: ORDERS });
    expect(await redeem()).toMatchObject({ scope: 'openid email orders:read' });
  });

  it('notices a response that another server sent (mix-up)', async () => {
    const configuration = await discover('web', client.ClientSecretBasic(SECRETS['SECRET_OF_web']));
    const { response, redeem } = await signIn(configuration, WEB_REDIRECT_URI);
    expect(response.searchParams.get('iss')).toBe(issuer);
    response.searchParams.set('iss', 'https://evil.example');
    await expect(redeem()).rejects.toThrow();
    response.searchParams.delete('iss');
    await expect(redeem()).rejects.toThrow();
    response.searchParams.set('iss', issuer);
    expect((await redeem()).claims()).toMatchObject({ sub: ALICE });
  });
});
