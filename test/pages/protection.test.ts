import { type BrowserPage, openPage, signIn } from '../support/browser-page.js';
import { describeWithChromium } from '../support/chromium.js';
import { ClientServer } from '../support/client-server.js';
import { SignInStack } from '../support/sign-in-stack.js';

describeWithChromium('a hostile site, in the browser of someone who is signed in', (browser) => {
  let stack: SignInStack;
  let evil: ClientServer;
  let tab: BrowserPage;
  beforeAll(async () => {
    stack = await SignInStack.start();
    evil = await ClientServer.start();
  });
  afterAll(async () => {
    await evil.stop();
    await stack.stop();
  });
  beforeEach(async () => {
    tab = await openPage(browser());
    await tab.page.goto(stack.authorizationUrl());
    await signIn(tab.page, stack);
    await tab.page.getByRole('button', { name: 'Allow' }).waitFor();
  });
  afterEach(() => tab.close());

  it('cannot show the consent page in a frame, to be clicked through', async () => {
    const { page } = tab;
    evil.show('/frame', `<iframe src="${page.url()}" width="600" height="600"></iframe>`);
    await page.goto(`${evil.origin}/frame`);
    await page.waitForTimeout(300);
    const frame = page.frames()[1];
    expect(await frame?.locator('button').count()).toBe(0);
    expect(tab.complaints.join()).toMatch(/frame-ancestors|X-Frame-Options/);
  });

  it('cannot post the consent by a script, not even with the token of the page', async () => {
    const { page } = tab;
    const action = page.url();
    const token = await page.locator('input[name=form_token]').inputValue();
    // From another site the browser keeps its cookies to itself, from a sibling site it says so.
    for (const origin of [evil.origin, evil.origin.replace('127.0.0.1', 'localhost')]) {
      evil.show(
        '/post',
        `<form method="post" action="${action}">
           <input name="form_token" value="${token}"><input name="decision" value="allow">
         </form><script>document.forms[0].submit()</script>`,
      );
      await page.goto(`${origin}/post`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(
        /We cannot continue|Page not found/,
      );
      // The person is still asked.
      await page.goto(action);
      await page.getByRole('button', { name: 'Allow' }).waitFor();
    }
  });

  it('keeps no hold on the window in which it opened the pages', async () => {
    const { page } = tab;
    evil.show('/opener', `<button onclick="opened = window.open('${page.url()}')">open</button>`);
    await page.goto(`${evil.origin}/opener`);
    const opening = page.context().waitForEvent('page');
    await page.getByRole('button', { name: 'open' }).click();
    const popup = await opening;
    await popup.getByRole('button', { name: 'Allow' }).waitFor();
    expect(await page.evaluate('opened.closed')).toBe(true);
    expect(await popup.evaluate('window.opener')).toBeNull();
  });
});
