/** The shop in a real browser: what a person does there, and what a browser never gets to see. */
import { describeWithRedis } from '@keyward/auth-service/testing';
import { type Page } from 'playwright-core';
import { codeOfApp } from './support/authenticator-app.js';
import { type BrowserPage, openPage, signIn } from './support/browser-page.js';
import { describeWithChromium } from './support/chromium.js';
import { PageTraffic } from './support/page-traffic.js';
import { StorefrontStack } from './support/storefront-stack.js';

describeWithRedis('the storefront', (redis) => {
  describeWithChromium('for a person', (browser) => {
    let stack: StorefrontStack;
    let tab: BrowserPage;
    let page: Page;
    let traffic: PageTraffic;
    beforeAll(async () => {
      stack = await StorefrontStack.start({ redis: redis() });
      tab = await openPage(browser());
      page = tab.page;
      traffic = PageTraffic.of(page, stack.url);
    }, 120_000);
    afterAll(async () => {
      await tab?.close();
      await stack?.stop();
    }, 60_000);

    const orders = () => page.getByRole('region', { name: 'Your orders' });

    it('shows the shelf to everybody, and signs in from another site', async () => {
      await page.goto(stack.url);
      await page.getByRole('heading', { name: 'Brass padlock' }).waitFor();
      await page.getByRole('link', { name: 'Sign in' }).click();
      await signIn(page, stack.provider.alice);
      await page.getByRole('heading', { level: 1, name: /Good to see you/ }).waitFor();
      expect(new URL(page.url()).origin).toBe(stack.url);
    }, 60_000);

    it('takes an order and pays a small amount without further questions', async () => {
      await page.getByRole('button', { name: 'Order Brass padlock' }).click();
      await page.getByText('Brass padlock is ordered and paid.').waitFor();
      await orders().getByText('1 × Brass padlock').waitFor();
      await orders().getByText('Paid', { exact: true }).waitFor();
    }, 60_000);

    it('asks for a second factor for a large amount, and pays after it was set up', async () => {
      await page.getByRole('button', { name: 'Order Wall safe' }).click();
      await page.getByRole('heading', { name: 'One more check' }).waitFor();
      expect(await orders().getByText('To be paid').count()).toBe(1);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { level: 1, name: 'Set up a second step' }).waitFor();
      const key = await page.locator('code.secret').innerText();
      await page.locator('#code').fill(codeOfApp(key));
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: 'Keep your recovery codes' }).waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByText('€289.00 paid. Thank you.').waitFor();
      expect(new URL(page.url()).href).toBe(`${stack.url}/`);
      expect(await orders().getByText('To be paid').count()).toBe(0);
    }, 60_000);

    it('does not pay because a link says so', async () => {
      await page.goto(`${stack.url}/?step_up=done`);
      await page.getByRole('heading', { level: 1, name: /Good to see you/ }).waitFor();
      expect(await page.getByText('Thank you').count()).toBe(0);
    }, 60_000);

    it('never shows a token to the page: not in an answer, a URL, a cookie or a store', async () => {
      await traffic.settled();
      expect(traffic.count).toBeGreaterThan(20);
      expect(traffic.tokens()).toEqual([]);
      const stored = await page.evaluate(
        'JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])',
      );
      expect(stored).toBe('[{},{},""]');
      const cookies = (await page.context().cookies(stack.url)).filter(({ name }) =>
        name.includes('bff'),
      );
      expect(cookies.map(({ name }) => name).sort()).toEqual([
        '__Host-bff-session',
        '__Host-bff-sign-in',
      ]);
      for (const { httpOnly, secure, value } of cookies) {
        expect([httpOnly, secure, value.length]).toEqual([true, true, 43]);
      }
      const session = cookies.find(({ name }) => name === '__Host-bff-session');
      expect(session?.sameSite).toBe('Strict');
    }, 60_000);

    it('signs out here and at the issuer', async () => {
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByText('You are signed out.').waitFor();
      await page.getByRole('link', { name: 'Sign in' }).click();
      await page.getByLabel('Password').waitFor();
      await traffic.settled();
      expect(traffic.tokens()).toEqual([]);
      // The browser notes every 401, and a wish for a second factor is one.
      const problems = tab.complaints.filter((text) => !/status of 401/.test(text));
      expect(problems).toEqual([]);
    }, 60_000);
  });
});
