import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AppProcess } from '../../support/app-process.js';
import { freeLoopbackPort } from '../../support/free-loopback-port.js';
import { HttpBrowser } from '../../support/http-browser.js';
import { OpenIdProvider } from '../../support/openid-provider.js';
import { CLIENT_SECRET, declare } from '../../support/openid-provider.clients.js';
import { startOrdersService } from '../../support/orders-service.js';

// A process of its own, as require(ESM) is beyond Jest.
const SHOP = fileURLToPath(new URL('express-shop.ts', import.meta.url));

describe('express-openid-connect, in an Express application', () => {
  let provider: OpenIdProvider;
  let orders: AppProcess;
  let shop: AppProcess;
  let shopUrl: string;
  let browser: HttpBrowser;

  beforeAll(async () => {
    const [shopPort, ordersPort] = [await freeLoopbackPort(), await freeLoopbackPort()];
    shopUrl = `http://127.0.0.1:${shopPort}`;
    provider = await OpenIdProvider.start({
      orders: `http://127.0.0.1:${ordersPort}`,
      clients: [
        {
          ...declare({
            id: 'shop',
            method: 'client_secret_basic',
            secret: CLIENT_SECRET,
            redirectUri: `${shopUrl}/callback`,
            postLogoutRedirectUri: shopUrl,
          }),
          backchannel_logout_uri: `${shopUrl}/backchannel-logout`,
        },
      ],
    });
    orders = await startOrdersService({
      ORDERS_PORT: `${ordersPort}`,
      ORDERS_ISSUER: provider.issuer,
      ORDERS_FILE: `${provider.directory}/orders.json`,
      ORDERS_DEMO_CUSTOMER: provider.alice.accountId,
    });
    shop = await AppProcess.start({
      args: ['--import', '@swc-node/register/esm-register', SHOP],
      env: {
        SHOP_PORT: `${shopPort}`,
        SHOP_ISSUER: provider.issuer,
        SHOP_CLIENT_SECRET: CLIENT_SECRET,
        SHOP_ORDERS: orders.url,
      },
      url: shopUrl,
      readyPath: '/',
    });
  }, 60_000);
  beforeEach(() => {
    browser = new HttpBrowser([provider.issuer, shopUrl]);
  });
  afterAll(async () => {
    await shop.stop();
    await orders.stop();
    await provider.stop();
  });

  it('signs a person in, calls orders-service for them, and signs them out', async () => {
    // Who is not signed in is sent to the provider, and comes back to where they wanted to go.
    const page = await browser.open(`${shopUrl}/orders`);
    expect(page.url.origin).toBe(provider.issuer);
    const listed = await provider.complete(browser, page);
    expect([listed.url.href, listed.status]).toEqual([`${shopUrl}/orders`, 200]);
    expect(JSON.parse(listed.html)).toHaveLength(3);
    const home = await browser.open(shopUrl);
    expect(JSON.parse(home.html)).toEqual({ user: provider.alice.accountId });

    const out = await browser.open(`${shopUrl}/logout`);
    expect([out.url.href, JSON.parse(out.html)]).toEqual([`${shopUrl}/`, { user: null }]);
    // At the provider too.
    const again = await browser.open(`${shopUrl}/orders`);
    expect(again.form?.fields).toHaveProperty('password');
  });

  it('hears by the back channel of a person who signed out elsewhere', async () => {
    await provider.complete(browser, await browser.open(`${shopUrl}/orders`));
    const user = async () => {
      const { html } = await browser.open(shopUrl);
      return (JSON.parse(html) as { user: string | null }).user;
    };
    expect(await user()).toBe(provider.alice.accountId);
    const page = await browser.open(`${provider.issuer}/oauth2/logout`);
    await browser.submit(page);
    // Behind the answer to the person: soon, and the shop has verified the logout token by then.
    const deadline = Date.now() + 20_000;
    while ((await user()) !== null && Date.now() < deadline) await sleep(100);
    expect(await user()).toBeNull();
    expect(shop.output).toBe('');
  });
});
