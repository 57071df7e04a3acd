/** Sessions of the shop when tabs race, answers are lost, tokens end, and somebody else sends requests. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describeWithRedis } from '@keyward/auth-service/testing';
import { type BrowserContext, type Page } from 'playwright-core';
import { openPage, signIn } from './support/browser-page.js';
import { describeWithChromium } from './support/chromium.js';
import { StorefrontStack } from './support/storefront-stack.js';

const TOKEN_SECONDS = 6;

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A call as a script of the page makes it. */
function callFrom(page: Page, path: string, headers: Record<string, string> = { 'X-CSRF': '1' }) {
  return page.evaluate(
    async ([url, own]) => {
      const response = await fetch(url, { headers: own });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    [path, headers] as const,
  ) as Promise<Answer>;
}

describeWithRedis('sessions of the storefront', (redis) => {
  describeWithChromium('whose tokens live for seconds', (browser) => {
    let stack: StorefrontStack;
    let context: BrowserContext;
    let page: Page;
    beforeAll(async () => {
      stack = await StorefrontStack.start({ redis: redis(), accessTokenSeconds: TOKEN_SECONDS });
      ({ page } = await openPage(browser()));
      context = page.context();
      await enter(page);
    }, 120_000);
    afterAll(async () => {
      await context?.close();
      await stack?.stop();
    }, 60_000);

    async function enter(into: Page, who = stack.provider.alice): Promise<void> {
      await into.goto(`${stack.url}/bff/login`);
      if (new URL(into.url()).origin !== stack.url) await signIn(into, who);
      await into.getByRole('heading', { level: 1, name: /Good to see you/ }).waitFor();
    }

    const tokenIsOver = () => sleep(TOKEN_SECONDS * 1000 + 200);

    it('renew once for two tabs with many calls at two processes, and nobody is signed out', async () => {
      const second = await context.newPage();
      await second.goto(stack.url);
      await second.getByRole('heading', { level: 1, name: /Good to see you/ }).waitFor();
      for (let round = 0; round < 2; round += 1) {
        await tokenIsOver();
        const before = stack.thief.refreshes;
        const calls = [page, second].flatMap((tab) =>
          Array.from({ length: 10 }, () => callFrom(tab, '/api/orders')),
        );
        const answers = await Promise.all(calls);
        expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
        expect(stack.thief.refreshes - before).toBe(1);
      }
      await second.close();
    }, 90_000);

    it('bear that the answer to a refresh is lost', async () => {
      await tokenIsOver();
      stack.thief.toLose = 1;
      expect((await callFrom(page, '/api/orders')).status).toBe(200);
      expect(stack.thief.toLose).toBe(0);
    }, 60_000);

    it('bear that it is lost again and again: 503 meanwhile, and the next call goes on', async () => {
      await tokenIsOver();
      stack.thief.toLose = 2;
      expect((await callFrom(page, '/api/orders')).status).toBe(503);
      expect((await callFrom(page, '/bff/user')).body).toMatchObject({ signed_in: true });
      expect((await callFrom(page, '/api/orders')).status).toBe(200);
    }, 60_000);

    it('wait in the page for an outage of a moment', async () => {
      await tokenIsOver();
      stack.thief.toLose = 2;
      await page.reload();
      await page.getByRole('heading', { level: 1, name: /Good to see you/ }).waitFor();
      expect(stack.thief.toLose).toBe(0);
    }, 60_000);

    it('end in every browser in which the issuer says so, and only there', async () => {
      const bob = await openPage(browser());
      await enter(bob.page, stack.provider.bob);
      // Another client of the same sign-in sends alice to sign out there.
      const elsewhere = await context.newPage();
      await elsewhere.goto(`${stack.provider.issuer}/oauth2/logout`);
      await elsewhere.getByRole('button', { name: 'Sign out' }).click();
      await elsewhere.getByRole('heading', { level: 1, name: /signed out/i }).waitFor();
      let user: Answer | undefined;
      for (let i = 0; i < 50 && user?.body['signed_in'] !== false; i += 1) {
        await sleep(100);
        user = await callFrom(page, '/bff/user');
      }
      expect(user?.body).toEqual({ signed_in: false, session_ended: true });
      expect(await callFrom(page, '/api/orders')).toEqual({
        status: 401,
        body: { error: 'session_ended', reason: 'signed_out' },
      });
      expect((await callFrom(bob.page, '/bff/user')).body).toMatchObject({ signed_in: true });
      await bob.close();
      await elsewhere.close();
      await page.bringToFront();
      await page.reload();
      await page.getByRole('link', { name: 'Sign in' }).waitFor();
    }, 60_000);

    it('end with a reason where the issuer no longer renews', async () => {
      await enter(page);
      await tokenIsOver();
      expect((await callFrom(page, '/api/orders')).status).toBe(200);
      await stack.endGrant();
      await tokenIsOver();
      expect(await callFrom(page, '/api/orders')).toEqual({
        status: 401,
        body: { error: 'session_ended', reason: 'refused_by_issuer' },
      });
      await page.reload();
      await page.getByText('You have been signed out. Sign in again to go on.').waitFor();
    }, 60_000);
  });
});
