/** The guide to applications in a browser shows the very code that somebody signs in to here. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { describeWithRedis } from '@keyward/auth-service/testing';
import { freeLoopbackPort } from '../support/free-loopback-port.js';
import { HttpBrowser } from '../support/http-browser.js';
import { OpenIdProvider } from '../support/openid-provider.js';
import { CLIENT_SECRET } from '../support/openid-provider.clients.js';
import { createClient, type RedisClientType } from 'redis';
import { createShop } from './browser-application.js';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');

describeWithRedis('the guide to applications in a browser', (redis) => {
  it('shows what is compiled here, and registers the client that signs people in here', async () => {
    const guide = await read('../../docs/guides/browser-application.md');
    expect(guide).toContain(`\`\`\`ts\n${await read('./browser-application.ts')}\`\`\`\n`);
  });

  it('shows a backend at which a person signs in and calls a service', async () => {
    const [port, ordersPort] = [await freeLoopbackPort(), await freeLoopbackPort()];
    const publicUrl = `http://127.0.0.1:${port}`;
    const ordersUrl = `http://127.0.0.1:${ordersPort}`;
    const guide = await read('../../docs/guides/browser-application.md');
    const [, registration = ''] = /```json\n([^]*?)```/.exec(guide) ?? [];
    const registered = JSON.parse(
      registration.replaceAll('https://shop.example.com', publicUrl).replace('SHOP', 'CLIENT'),
    ) as object;
    const provider = await OpenIdProvider.start({
      resources: [{ identifier: ordersUrl, name: 'Orders', scopes: ['orders:read'] }],
      clients: [registered],
    });
    const echo: RequestListener = ({ headers }, response) =>
      void response.end(JSON.stringify({ authorized: headers.authorization?.slice(0, 10) }));
    const orders = createServer(echo).listen(ordersPort, '127.0.0.1');
    const client: RedisClientType = createClient({ url: redis().url });
    await client.connect();
    const configuration = {
      publicUrl,
      issuer: provider.issuer,
      clientSecret: CLIENT_SECRET,
      ordersUrl,
      sealingKey: randomBytes(32),
    };
    const shop = await createShop(configuration, client);
    try {
      await shop.listen(port, '127.0.0.1');
      const browser = new HttpBrowser([publicUrl, provider.issuer]);
      await provider.complete(browser, await browser.open(`${publicUrl}/bff/login`));
      const cookies = [...browser.cookiesOf(publicUrl)].map((pair) => pair.join('='));
      const headers = { cookie: cookies.join('; '), 'x-csrf': '1' };
      const user = await fetch(`${publicUrl}/bff/user`, { headers });
      expect(await user.json()).toMatchObject({ signed_in: true });
      const answer = await fetch(`${publicUrl}/api/orders`, { headers });
      expect(await answer.json()).toEqual({ authorized: 'Bearer eyJ' });
    } finally {
      await shop.close();
      client.destroy();
      orders.close();
      await provider.stop();
    }
  }, 60_000);
});
