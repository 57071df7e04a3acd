/** The account page, as people see it: by keyboard, without JavaScript, at every size. */
import { type Page } from 'playwright-core';
import { openPage, signIn } from '../support/browser-page.js';
import { describeWithChromium } from '../support/chromium.js';
import { SignInStack } from '../support/sign-in-stack.js';
import { expectWellMade } from '../support/well-made-page.js';

describeWithChromium('the account page', (browser) => {
  let stack: SignInStack;
  beforeAll(async () => {
    stack = await SignInStack.start();
  });
  afterAll(() => stack.stop());

  const heading = (page: Page, name: string) =>
    page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  const press = async (page: Page, role: 'link' | 'button', name: string | RegExp) => {
    await page.getByRole(role, { name, exact: true }).first().focus();
    await page.keyboard.press('Enter');
  };
  const notice = (page: Page, text: string) =>
    page.getByRole('status').filter({ hasText: text }).waitFor();
  const open = async (path: string, options: object = {}) => {
    const tab = await openPage(browser(), options);
    await tab.page.goto(stack.issuer + path);
    await signIn(tab.page, stack);
    return tab;
  };

  it('is well made, page by page, in every size and colour', async () => {
    const elsewhere = await openPage(browser());
    await elsewhere.page.goto(stack.authorizationUrl());
    await signIn(elsewhere.page, stack);
    await elsewhere.page.getByRole('button', { name: 'Allow' }).click();
    await elsewhere.page.getByText('arrived').waitFor();
    // For axe, which no policy of ours would let in.
    const { page, close } = await open('/account', { bypassCSP: true });
    await heading(page, 'Profile');
    await expectWellMade(page, 'account-profile');
    await page.getByRole('link', { name: 'Password', exact: true }).click();
    await page.getByLabel('Present password').fill('wrong');
    await page.getByLabel('New password', { exact: true }).fill('seven quiet lanterns');
    await page.getByLabel('New password, once more').fill('seven quiet lanterns');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await expectWellMade(page, 'account-password');
    await page.getByRole('link', { name: 'Signed-in places' }).click();
    await heading(page, 'Signed-in places');
    await expectWellMade(page, 'account-places');
    await page.getByRole('link', { name: 'Activity' }).click();
    await page.getByText('A password was tried and not accepted').waitFor();
    await expectWellMade(page, 'account-activity');
    await close();
    await elsewhere.close();
  }, 120_000);

  it('takes a keyboard alone, and no JavaScript: a name, a password, the end of a place', async () => {
    const elsewhere = await open('/account');
    const { page, complaints, close } = await open('/account', { javaScriptEnabled: false });
    await page.getByLabel('Name', { exact: true }).fill('Ada King');
    await page.keyboard.press('Enter');
    await notice(page, 'Your profile is saved.');
    expect(await page.locator('.person').innerText()).toContain('Ada King');

    await press(page, 'link', 'Signed-in places');
    await press(page, 'button', /^Sign out Chrome on /);
    await notice(page, 'That place is signed out.');
    await elsewhere.page.reload();
    await heading(elsewhere.page, 'Sign in');

    await press(page, 'link', 'Password');
    for (const text of [stack.password, 'seven quiet lanterns', 'seven quiet lanterns']) {
      if (text === stack.password) await page.getByLabel('Present password').focus();
      await page.keyboard.type(text);
      await page.keyboard.press('Tab');
    }
    expect(await page.getByLabel('Sign out everywhere else').isChecked()).toBe(true);
    await press(page, 'button', 'Change the password');
    await notice(page, 'Your password is changed.');

    await press(page, 'link', 'Sign out');
    await press(page, 'button', 'Sign out');
    await page.getByText('You can close this page').waitFor();
    await page.goto(`${stack.issuer}/account/activity`);
    await signIn(page, { username: stack.username, password: 'seven quiet lanterns' });
    await heading(page, 'Activity');
    await page.getByText('The password was changed').waitFor();
    expect(complaints).toEqual([]);
    await close();
    await elsewhere.close();
  }, 120_000);
});
