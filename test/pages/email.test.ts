/** The pages of an email address, as people see them: by keyboard, without JavaScript, at every size. */
import { type Page } from 'playwright-core';
import { openPage, signIn } from '../support/browser-page.js';
import { describeWithChromium } from '../support/chromium.js';
import { SignInStack } from '../support/sign-in-stack.js';
import { expectWellMade } from '../support/well-made-page.js';

const PATH = '/account/email';
const NEW_ADDRESS = 'countess@harbour.example';

describeWithChromium('the pages of an email address', (browser) => {
  let stack: SignInStack;
  beforeAll(async () => {
    stack = await SignInStack.start();
  });
  afterAll(() => stack.stop());

  const heading = (page: Page, name: string) =>
    page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  const press = async (page: Page, name: string) => {
    await page.getByRole('button', { name, exact: true }).focus();
    await page.keyboard.press('Enter');
  };
  const links = () => stack.mailedLinksTo(`${PATH}/link`);
  /** The links of what is mailed by an action. */
  const mailedBy = async (page: Page, action: () => Promise<void>): Promise<readonly string[]> => {
    const before = links().length;
    await action();
    while (links().length === before) await page.waitForTimeout(50);
    return links().slice(before);
  };
  const askForChange = async (page: Page, address: string) => {
    await page.getByLabel('New address').focus();
    await page.keyboard.type(address);
    await page.keyboard.press('Enter');
    await page.getByRole('status').waitFor();
  };

  it('are well made: what is asked, refused, confirmed, changed and taken back', async () => {
    // For axe, which no policy of ours would let in.
    const { page, close } = await openPage(browser(), { bypassCSP: true });
    await page.goto(stack.issuer + PATH);
    await signIn(page, stack);
    await heading(page, 'Email address');
    await expectWellMade(page, 'account-email');
    await page.getByLabel('New address').fill(stack.username);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await expectWellMade(page, 'account-email-same');
    await page.getByLabel('New address').fill('');
    const [link = ''] = await mailedBy(page, () => askForChange(page, NEW_ADDRESS));
    await page.goto(link);
    await heading(page, 'Confirm your address');
    await expectWellMade(page, 'email-link');
    const [undo = ''] = await mailedBy(page, () => press(page, 'Confirm'));
    await heading(page, 'Your address is confirmed');
    await expectWellMade(page, 'email-link-done');
    await page.goto(link);
    await heading(page, 'This link does not work any more');
    await expectWellMade(page, 'email-link-gone');
    await page.goto(undo);
    await heading(page, 'Take the change back');
    await expectWellMade(page, 'email-undo');
    await press(page, 'Take it back');
    await heading(page, 'The change is taken back');
    await expectWellMade(page, 'email-undone');
    await close();
  }, 120_000);

  it('take a keyboard alone, and no JavaScript', async () => {
    const { page, complaints, close } = await openPage(browser(), { javaScriptEnabled: false });
    await page.goto(stack.issuer + PATH);
    await signIn(page, stack);
    const [link = ''] = await mailedBy(page, () => askForChange(page, 'ada.king@harbour.example'));
    await page.goto(link);
    expect(page.url()).not.toContain('token');
    await press(page, 'Confirm');
    await heading(page, 'Your address is confirmed');
    await page.goto(stack.issuer + PATH);
    await page.getByText('ada.king@harbour.example').first().waitFor();
    expect(complaints).toEqual([]);
    await close();
  }, 60_000);
});
