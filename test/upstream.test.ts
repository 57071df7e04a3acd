/** Sign-in by upstream providers that are real ones: a second auth-service, and oidc-provider. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';
import { freeLoopbackPort } from './support/free-loopback-port.js';
import { HttpBrowser, type HttpPage } from './support/http-browser.js';
import { OpenIdProvider } from './support/openid-provider.js';
import { declare, HOUSE, type ProviderClient } from './support/openid-provider.clients.js';
import { RelyingParty } from './support/relying-party.js';

const SECRET = 'upstream-secret-of-sufficient-length-01';
const ENVIRONMENT = { SECRET_AT_UPSTREAM: SECRET };
const SHOP: ProviderClient = {
  ...HOUSE,
  id: 'shop',
  redirectUri: 'https://app.example.com/shop/callback',
};

/** A server that offers one upstream and nothing else to its client `shop`. */
async function startBehind(
  upstreamIssuer: string,
  upstream: object,
  port: number,
): Promise<OpenIdProvider> {
  return OpenIdProvider.start({
    clients: [{ ...declare(SHOP), first_party: true, upstreams: ['up'], password_sign_in: false }],
    upstreams: [
      {
        id: 'up',
        name: 'Upstream',
        issuer: upstreamIssuer,
        client_id: 'keyward',
        client_secret: { env: 'SECRET_AT_UPSTREAM' },
        create_accounts: true,
        ...upstream,
      },
    ],
    environment: { ...ENVIRONMENT, AUTH_PORT: String(port) },
  });
}

describe('behind a second auth-service', () => {
  let upstream: OpenIdProvider;
  let server: OpenIdProvider;
  let browser: HttpBrowser;
  beforeAll(async () => {
    const port = await freeLoopbackPort();
    upstream = await OpenIdProvider.start({
      clients: [
        {
          client_id: 'keyward',
          name: 'Keyward',
          token_endpoint_auth_method: 'client_secret_basic',
          client_secret: { env: 'SECRET_AT_UPSTREAM' },
          grant_types: ['authorization_code'],
          scope: 'openid profile email',
          redirect_uris: [`http://127.0.0.1:${port}/upstream/callback/up`],
        },
      ],
      environment: ENVIRONMENT,
    });
    server = await startBehind(upstream.issuer, { trust_email: true }, port);
  }, 120_000);
  beforeEach(() => {
    browser = new HttpBrowser([server.issuer, upstream.issuer]);
  });
  afterAll(async () => {
    await server?.stop();
    await upstream?.stop();
  });

  /** Presses the one button, and does what the upstream's pages ask of alice. */
  const throughUpstream = async (party: RelyingParty): Promise<HttpPage> => {
    party.browser = browser;
    const page = await browser.submit(await party.open());
    expect(page.url.origin).toBe(upstream.issuer);
    return upstream.complete(browser, page, upstream.alice);
  };

  it('asks whoever has an account with the verified address, links it, and knows them again', async () => {
    const party = new RelyingParty(server, SHOP);
    const asked = await throughUpstream(party);
    expect(asked.html).toContain('Is this you?');
    const signIn = await browser.submit(asked, { decision: 'connect' });
    const end = await browser.submit(signIn, { password: server.alice.password });
    const tokens = await redeem(party, end);
    const claims = await party.claims(tokens);
    expect(claims).toMatchObject({ sub: server.alice.accountId, amr: ['pwd', 'fed'] });

    browser = new HttpBrowser([server.issuer, upstream.issuer]);
    const later = new RelyingParty(server, SHOP);
    const again = await later.claims(await redeem(later, await throughUpstream(later)));
    expect(again).toMatchObject({ sub: server.alice.accountId, amr: ['fed'] });
    expect(upstream.output + server.output).not.toContain(SECRET);
  });
});

describe('behind oidc-provider', () => {
  let http: Server;
  let issuer: string;
  let server: OpenIdProvider;
  beforeAll(async () => {
    const port = await freeLoopbackPort();
    http = createServer().listen(0, '127.0.0.1');
    await once(http, 'listening');
    issuer = `http://localhost:${(http.address() as AddressInfo).port}`;
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: 'keyward',
          client_secret: SECRET,
          redirect_uris: [`http://127.0.0.1:${port}/upstream/callback/up`],
        },
      ],
      jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'op', alg: 'RS256', use: 'sig' }] },
      cookies: { keys: ['a-key-for-the-cookies-of-a-test'] },
      claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email'] },
      findAccount: (_context, id) => ({
        accountId: id,
        claims: () => ({ sub: id, name: 'Carol', preferred_username: 'carol' }),
      }),
      features: { devInteractions: { enabled: true } },
    });
    const handle = provider.callback();
    http.on('request', (request, response) => void handle(request, response));
    server = await startBehind(issuer, {}, port);
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    http.closeAllConnections();
    http.close();
  });

  it('makes an account for whoever signed in there, with what userinfo says of them', async () => {
    const browser = new HttpBrowser([server.issuer, issuer]);
    const party = new RelyingParty(server, SHOP);
    party.browser = browser;
    const signIn = await browser.submit(await party.open({ scope: 'openid profile' }));
    expect(signIn.url.origin).toBe(issuer);
    const consent = await browser.submit(signIn, { login: 'carol', password: 'any' });
    const tokens = await redeem(party, await browser.submit(consent));
    expect(await party.claims(tokens)).toMatchObject({ amr: ['fed'] });
    const said = (await (await party.userinfo(tokens)).json()) as Record<string, unknown>;
    expect(said).toMatchObject({ name: 'Carol', preferred_username: 'up/carol' });
  });
});

async function redeem(party: RelyingParty, end: HttpPage) {
  const response = await party.redeem(party.responseOf(end).get('code'));
  const answer = (await response.json()) as {
    access_token: string;
    id_token: string;
    scope: string;
  };
  expect(response.status).toBe(200);
  return answer;
}
