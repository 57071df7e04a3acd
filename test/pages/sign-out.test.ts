import { type Page } from 'playwright-core';
import { type BrowserPage, openPage, signIn } from '../support/browser-page.js';
import { describeWithChromium } from '../support/chromium.js';
import { SignInStack } from '../support/sign-in-stack.js';

describeWithChromium('signing out', (browser) => {
  let stack: SignInStack;
  let tab: BrowserPage;
  beforeAll(async () => {
    stack = await SignInStack.start();
  });
  afterAll(() => stack.stop());
  beforeEach(async () => {
    tab = await openPage(browser(), { javaScriptEnabled: false });
    await tab.page.goto(stack.authorizationUrl({ client_id: 'house' }));
    await signIn(tab.page, stack);
    await tab.page.getByText('arrived').waitFor();
  });
  afterEach(() => tab.close());

  const logoutUrl = (parameters: Record<string, string> = {}) =>
    `${stack.issuer}/oauth2/logout?${new URLSearchParams(parameters).toString()}`;
  const isAskedToSignIn = async (page: Page) => {
    await page.goto(stack.authorizationUrl({ client_id: 'house' }));
    return (await page.getByRole('heading', { level: 1 }).allInnerTexts()).includes('Sign in');
  };

  it('takes a keyboard alone, and no JavaScript', async () => {
    const { page } = tab;
    await page.goto(logoutUrl({ client_id: 'harbour' }));
    expect(await page.locator('main').innerText()).toContain('Harbour asks to sign you out');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'You are signed out' }).waitFor();
    expect(await isAskedToSignIn(page)).toBe(true);
    expect(tab.complaints).toEqual([]);
  });

  it('leads back to the client that asked', async () => {
    const { page } = tab;
    await page.goto(
      logoutUrl({
        client_id: 'house',
        post_logout_redirect_uri: `${stack.client.origin}/signed-out`,
        state: 'bye',
      }),
    );
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('arrived').waitFor();
    expect(page.url()).toBe(`${stack.client.origin}/signed-out?state=bye`);
    expect(await isAskedToSignIn(page)).toBe(true);
    expect(tab.complaints).toEqual([]);
  });

  it('does not happen to a person who leaves the page', async () => {
    const { page } = tab;
    await page.goto(logoutUrl());
    expect(await isAskedToSignIn(page)).toBe(false);
  });
});
