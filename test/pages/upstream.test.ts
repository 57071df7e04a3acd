/** Signing in by another provider, as people see it: in a real browser, by keyboard, at every size. */
import { type Page } from 'playwright-core';
import { type BrowserPage, type Credentials, openPage, signIn } from '../support/browser-page.js';
import { describeWithChromium } from '../support/chromium.js';
import { ClientServer } from '../support/client-server.js';
import { freeLoopbackPort } from '../support/free-loopback-port.js';
import { OpenIdProvider } from '../support/openid-provider.js';
import { declare, HOUSE } from '../support/openid-provider.clients.js';
import { expectWellMade } from '../support/well-made-page.js';

const SECRET = 'upstream-secret-of-sufficient-length-02';

describeWithChromium('sign-in by another provider', (browser) => {
  let client: ClientServer;
  let redirectUri: string;
  let upstream: OpenIdProvider;
  let server: OpenIdProvider;
  let tab: BrowserPage;
  let page: Page;
  beforeAll(async () => {
    client = await ClientServer.start();
    redirectUri = `${client.origin}/callback`;
    const [port, upstreamPort] = [await freeLoopbackPort(), await freeLoopbackPort()];
    // Another host: a browser keeps one jar of cookies for all ports of one.
    const issuer = `http://localhost:${upstreamPort}`;
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
      environment: {
        SECRET_AT_UPSTREAM: SECRET,
        AUTH_PORT: String(upstreamPort),
        AUTH_ISSUER: issuer,
      },
    });
    const offer = { id: 'up', name: 'Example Corp', issuer, client_id: 'keyward' };
    server = await OpenIdProvider.start({
      clients: [
        {
          ...declare({ ...HOUSE, id: 'shop', redirectUri }),
          first_party: false,
          upstreams: ['up'],
        },
      ],
      upstreams: [{ ...offer, client_secret: { env: 'SECRET_AT_UPSTREAM' }, trust_email: true }],
      environment: { SECRET_AT_UPSTREAM: SECRET, AUTH_PORT: String(port) },
    });
    tab = await openPage(browser());
    page = tab.page;
  }, 120_000);
  afterAll(async () => {
    await tab?.close();
    await server?.stop();
    await upstream?.stop();
    await client?.stop();
  });

  const heading = (name: string, on = page) =>
    on.getByRole('heading', { level: 1, name }).waitFor();
  const open = (on: Page) =>
    on.goto(
      server.authorizationUrl({
        response_type: 'code',
        client_id: 'shop',
        redirect_uri: redirectUri,
        scope: 'openid',
        state: 'the-state',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
        prompt: 'consent',
      }),
    );
  async function press(name: string, on = page): Promise<void> {
    await on.getByRole('button', { name, exact: true }).focus();
    await on.keyboard.press('Enter');
  }
  /** The pages once more, where axe may look at them. */
  async function lookedAt(name: string, reach: (on: Page) => Promise<void>): Promise<void> {
    const other = await openPage(browser(), { bypassCSP: true });
    await reach(other.page);
    await expectWellMade(other.page, name);
    await other.close();
  }
  /** The provider asks for consent the first time alone. */
  const throughUpstream = async (on: Page, who: Credentials, answer?: 'Allow' | 'Deny') => {
    await open(on);
    await press('Sign in with Example Corp', on);
    await signIn(on, who);
    if (answer !== undefined) await press(answer, on);
  };

  it('goes to the provider and back, connects the accounts, and knows them again', async () => {
    await throughUpstream(page, upstream.alice, 'Allow');
    await heading('Is this you?');
    await press('Connect');
    await page.getByText('Do not connect').waitFor();
    await page.getByLabel('Password').focus();
    await page.keyboard.type(server.alice.password);
    await page.keyboard.press('Enter');
    await press('Allow');
    await page.getByText('arrived').waitFor();

    await page.goto(`${server.issuer}/account/sign-in-methods`);
    await page.getByText('Example Corp').first().waitFor();

    await page.context().clearCookies();
    await throughUpstream(page, upstream.alice);
    await press('Allow');
    await page.getByText('arrived').waitFor();
    expect(tab.complaints).toEqual([]);
  }, 90_000);

  it('is readable at every size', async () => {
    await lookedAt('sign-in-upstream', async (on) => {
      await open(on);
    });
    await lookedAt('sign-in-upstream-denied', async (on) => {
      await throughUpstream(on, upstream.bob, 'Deny');
      await on.getByRole('alert').waitFor();
    });
    await lookedAt('link-account', async (on) => {
      await throughUpstream(on, upstream.bob, 'Allow');
      await heading('Is this you?', on);
    });
    await lookedAt('link-account-sign-in', async (on) => {
      await throughUpstream(on, upstream.bob);
      await press('Connect', on);
      await on.getByText('Do not connect').waitFor();
    });
    await lookedAt('connected-accounts', async (on) => {
      await on.goto(`${server.issuer}/account/sign-in-methods`);
      await signIn(on, server.alice);
      await on.getByText('Example Corp').first().waitFor();
    });
  }, 120_000);
});
