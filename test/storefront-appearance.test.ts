/** How the shop looks and reads: wide and narrow, light and dark, for the eye and for a screen reader. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describeWithRedis } from '@keyward/auth-service/testing';
import { type AxeResults } from 'axe-core';
import { type Page } from 'playwright-core';
import { type BrowserPage, openPage, signIn } from './support/browser-page.js';
import { describeWithChromium } from './support/chromium.js';
import { StorefrontStack } from './support/storefront-stack.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SCREENSHOTS = fileURLToPath(new URL('./test-output/storefront/', import.meta.url));

describeWithRedis('the look of the storefront', (redis) => {
  describeWithChromium('at every size', (browser) => {
    let stack: StorefrontStack;
    let tab: BrowserPage;
    let page: Page;
    beforeAll(async () => {
      stack = await StorefrontStack.start({ redis: redis() });
      await mkdir(SCREENSHOTS, { recursive: true });
      // For axe, which no policy of ours would let in.
      tab = await openPage(browser(), { bypassCSP: true });
      page = tab.page;
    }, 120_000);
    afterAll(async () => {
      await tab?.close();
      await stack?.stop();
    }, 60_000);

    /** The page that is shown, wide and narrow, light and dark, holds what it should. */
    async function expectWellMade(name: string): Promise<void> {
      await page.evaluate(AXE);
      for (const [colorScheme, width, height] of [
        ['light', 1280, 800],
        ['dark', 1280, 800],
        ['light', 320, 640],
        ['dark', 320, 640],
      ] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height });
        const path = `${SCREENSHOTS}${name}-${width}-${colorScheme}.png`;
        await page.screenshot({ path, fullPage: true });
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(
          true,
        );
        const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
        expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual(
          [],
        );
      }
    }

    it('is good before anybody is signed in', async () => {
      await page.goto(stack.url);
      await page.getByRole('link', { name: 'Sign in' }).waitFor();
      await expectWellMade('welcome');
    }, 60_000);

    it('says in words why a sign-in failed', async () => {
      await page.goto(`${stack.url}/?sign_in_error=expired`);
      await page.getByText('That sign-in took too long').waitFor();
      await expectWellMade('problem');
    }, 60_000);

    it('is good with orders, reached by keyboard, and while it asks for more', async () => {
      await page.getByRole('link', { name: 'Sign in' }).focus();
      await page.keyboard.press('Enter');
      await signIn(page, stack.provider.alice);
      await page.getByRole('heading', { level: 1, name: /Good to see you/ }).waitFor();
      await page.getByRole('button', { name: 'Order Quay lantern' }).focus();
      await page.keyboard.press('Enter');
      await page.getByText('Quay lantern is ordered and paid.').waitFor();
      await page.getByRole('button', { name: 'Order Wall safe' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'One more check' }).waitFor();
      await expectWellMade('step-up');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Pay €289.00 for 1 × Wall safe' }).waitFor();
      await expectWellMade('orders');
    }, 90_000);

    it('is good without a backend', async () => {
      await page.goto(`${stack.url}/spa.html`);
      await page.getByRole('button', { name: 'Sign in here' }).click();
      await page.getByText('1 × Quay lantern').waitFor();
      await expectWellMade('spa');
    }, 60_000);
  });
});
