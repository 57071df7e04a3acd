/** The sign-in methods of the account page, as people see them: by keyboard, at every size. */
import { type Page } from 'playwright-core';
import { codeOfApp } from '../support/authenticator-app.js';
import { type BrowserPage, openPage, signIn } from '../support/browser-page.js';
import { describeWithChromium } from '../support/chromium.js';
import { SignInStack } from '../support/sign-in-stack.js';
import { expectWellMade } from '../support/well-made-page.js';

const PATH = '/account/sign-in-methods';

describeWithChromium('the sign-in methods of an account', (browser) => {
  let stack: SignInStack;
  let tab: BrowserPage;
  let page: Page;
  let key: string;
  beforeAll(async () => {
    stack = await SignInStack.start('localhost', { AUTH_REMEMBER_DEVICE_DAYS: '30' });
    tab = await openPage(browser(), { bypassCSP: true });
    page = tab.page;
  });
  afterAll(async () => {
    await tab.close();
    await stack.stop();
  });

  const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
  const notice = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
  async function press(role: 'link' | 'button', name: string): Promise<void> {
    await page.getByRole(role, { name, exact: true }).focus();
    await page.keyboard.press('Enter');
  }

  it('gets an app by keyboard, with recovery codes, and stays signed in', async () => {
    await page.goto(stack.issuer + PATH);
    await signIn(page, stack);
    await heading('Sign-in methods');
    await expectWellMade(page, 'sign-in-methods-none');
    await press('link', 'Add an authenticator app');
    await heading('Add an authenticator app');
    await expectWellMade(page, 'new-app');
    key = await page.locator('code.secret').innerText();
    await page.getByLabel('Code that the app shows').focus();
    await page.keyboard.type(codeOfApp(key));
    await page.keyboard.press('Enter');
    await heading('Keep your recovery codes');
    await expectWellMade(page, 'account-recovery-codes');
    await press('link', 'I have kept them: continue');
    await heading('Sign-in methods');
    await page.getByText('You have 10 left').waitFor();
  }, 60_000);

  it('remembers a browser by keyboard where that was ticked, and forgets it', async () => {
    await page.context().clearCookies();
    await page.goto(stack.issuer + PATH);
    await signIn(page, stack);
    await heading('Confirm that it is you');
    await expectWellMade(page, 'factor-remember');
    await page.getByLabel('Code of your authenticator app').focus();
    await page.keyboard.type(codeOfApp(key, 1));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect(await page.getByRole('checkbox').isChecked()).toBe(true);
    await page.keyboard.press('Enter');
    await heading('Sign-in methods');
    await page.getByRole('heading', { level: 2, name: 'Remembered browsers' }).waitFor();
    await expectWellMade(page, 'remembered-browsers');
    await press('button', 'Forget all of them');
    await notice('Forgotten');
    expect(await page.getByText('Remembered browsers').count()).toBe(0);
  }, 60_000);

  it('gets a passkey by keyboard, and another name', async () => {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await press('link', 'Add a passkey');
    await heading('Add a passkey');
    await expectWellMade(page, 'new-passkey');
    await press('button', 'Add a passkey');
    await notice('Your new sign-in method is ready.');
    await expectWellMade(page, 'sign-in-methods');
    await page.getByLabel('Name', { exact: true }).nth(1).fill('Laptop');
    await page.keyboard.press('Enter');
    await notice('The name is saved.');
    await page.getByRole('heading', { level: 2, name: 'Laptop' }).waitFor();
  }, 60_000);

  it('replaces recovery codes, and removes a method after a question', async () => {
    await press('link', 'Get new recovery codes');
    await heading('New recovery codes');
    await expectWellMade(page, 'new-recovery-codes');
    await press('button', 'Make new codes');
    await press('link', 'I have kept them: continue');
    await press('link', 'Remove Authenticator app');
    await heading('Remove Authenticator app');
    await expectWellMade(page, 'factor-removal');
    await press('button', 'Remove');
    await notice('That sign-in method is removed.');
    expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual([
      'Laptop',
      'Recovery codes',
    ]);
  }, 60_000);

  it('signs in with the passkey that was added there, and removes the last one by it', async () => {
    await page.context().clearCookies();
    await page.goto(stack.issuer + PATH);
    await press('button', 'Sign in with a passkey');
    await heading('Sign-in methods');
    await press('link', 'Remove Laptop');
    await page.getByText('It is your last one').waitFor();
    await press('button', 'Remove');
    await page.getByText('Nothing yet').waitFor();
    expect(tab.complaints).toEqual([]);
  }, 60_000);
});
