import { type Page } from 'playwright-core';
import { type BrowserPage, openPage, signIn } from '../support/browser-page.js';
import { describeWithChromium } from '../support/chromium.js';
import { SignInStack } from '../support/sign-in-stack.js';

describeWithChromium('signing in', (browser) => {
  let stack: SignInStack;
  let tab: BrowserPage;
  beforeAll(async () => {
    stack = await SignInStack.start();
  });
  afterAll(() => stack.stop());
  afterEach(() => tab.close());

  const open = async (javaScriptEnabled = true) => {
    tab = await openPage(browser(), { javaScriptEnabled });
    return tab.page;
  };
  const focused = (page: Page) =>
    page.evaluate(`(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return {
        name: document.activeElement.getAttribute('name') ?? '',
        value: document.activeElement.getAttribute('value') ?? '',
        visible: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
      };
    })()`);
  const answerOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);

  it('and consenting takes a keyboard alone, and no JavaScript', async () => {
    const page = await open(false);
    await page.goto(stack.authorizationUrl());
    expect(await focused(page)).toEqual({ name: 'username', value: '', visible: true });
    await page.keyboard.type(stack.username);
    await page.keyboard.press('Tab');
    expect(await focused(page)).toEqual({ name: 'password', value: '', visible: true });
    await page.keyboard.type(stack.password);
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { level: 1, name: 'Harbour asks for access' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toEqual({ name: 'decision', value: 'allow', visible: true });
    await page.keyboard.press('Tab');
    expect(await focused(page)).toEqual({ name: 'decision', value: 'deny', visible: true });
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');

    await page.getByText('arrived').waitFor();
    expect(answerOf(page)).toEqual({
      code: expect.any(String),
      state: 'the-state',
      iss: stack.issuer,
    });
    expect(tab.complaints).toEqual([]);
  });

  it('is asked once: the next request of the same client is answered without a page', async () => {
    const page = await open();
    await page.goto(stack.authorizationUrl({ client_id: 'house' }));
    await signIn(page, stack);
    await page.getByText('arrived').waitFor();
    await page.goto(stack.authorizationUrl({ client_id: 'house', state: 'again' }));
    expect(answerOf(page)).toMatchObject({ state: 'again', code: expect.any(String) });
  });

  it('tells the client of a refusal', async () => {
    const page = await open();
    await page.goto(stack.authorizationUrl({ prompt: 'consent' }));
    await signIn(page, stack);
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByText('arrived').waitFor();
    expect(answerOf(page)).toMatchObject({ error: 'access_denied', state: 'the-state' });
  });

  it('shows what was wrong, tied to the fields, and lets the person try again', async () => {
    const page = await open();
    await page.goto(stack.authorizationUrl({ client_id: 'house', login_hint: stack.username }));
    expect(await focused(page)).toMatchObject({ name: 'password' });
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    const password = page.getByLabel('Password');
    expect(await password.getAttribute('aria-invalid')).toBe('true');
    const described = await password.getAttribute('aria-describedby');
    expect(await page.locator(`#${described}`).innerText()).toMatch(/^That did not match/);
    expect(await password.inputValue()).toBe('');
    expect(await page.getByLabel('Username').inputValue()).toBe(stack.username);
    await page.keyboard.type(stack.password);
    await page.keyboard.press('Enter');
    await page.getByText('arrived').waitFor();
  });

  it('goes on with the account that the person chooses', async () => {
    const page = await open();
    await page.goto(stack.authorizationUrl({ client_id: 'house' }));
    await signIn(page, stack);
    await page.getByText('arrived').waitFor();
    await page.goto(stack.authorizationUrl({ client_id: 'house', prompt: 'select_account' }));
    await page.getByRole('button', { name: 'Use another account' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    expect(await page.getByLabel('Username').inputValue()).toBe('');
    await page.goBack();
    await page.getByRole('button', { name: 'Continue as Ada Lovelace' }).click();
    await page.getByText('arrived').waitFor();
  });

  it('ends where the client sends the browser on, also from one origin to another', async () => {
    // Chromium holds every redirect after a submit against form-action, those of the client too.
    const page = await open();
    await page.route('https://app.harbour.example/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: 'at home' }),
    );
    stack.client.redirect('/onward', 'https://app.harbour.example/home');
    await page.goto(
      stack.authorizationUrl({
        client_id: 'house',
        redirect_uri: `${stack.client.origin}/onward`,
      }),
    );
    await signIn(page, stack);
    await page.getByText('at home').waitFor();
    expect(tab.complaints).toEqual([]);
  });

  it.each([true, false])(
    'is answered by a form where the client asks so, with JavaScript: %p',
    async (javaScriptEnabled) => {
      const page = await open(javaScriptEnabled);
      await page.goto(stack.authorizationUrl({ client_id: 'house', response_mode: 'form_post' }));
      await signIn(page, stack);
      if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByText('arrived').waitFor();
      const last = stack.client.requests.at(-1);
      expect(last).toMatchObject({ method: 'POST', url: '/callback' });
      expect(Object.fromEntries(new URLSearchParams(last?.body))).toEqual({
        code: expect.any(String),
        state: 'the-state',
        iss: stack.issuer,
      });
      expect(tab.complaints).toEqual([]);
    },
  );
});
