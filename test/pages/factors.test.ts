/** An authenticator app and what comes after it, as people see it: by keyboard, at every size. */
import { type Page } from 'playwright-core';
import { codeOfApp } from '../support/authenticator-app.js';
import { type BrowserPage, openPage, signIn } from '../support/browser-page.js';
import { describeWithChromium } from '../support/chromium.js';
import { SignInStack } from '../support/sign-in-stack.js';
import { expectWellMade } from '../support/well-made-page.js';

const MFA_ACR = 'urn:keyward:acr:mfa';
const PHISHING_RESISTANT_ACR = 'urn:keyward:acr:phr';

describeWithChromium('a second step', (browser) => {
  let stack: SignInStack;
  let tab: BrowserPage;
  let page: Page;
  let key: string;
  beforeAll(async () => {
    stack = await SignInStack.start('localhost');
    // For axe, which no policy of ours would let in.
    tab = await openPage(browser(), { bypassCSP: true });
    page = tab.page;
  });
  afterAll(async () => {
    await tab.close();
    await stack.stop();
  });

  const begin = (acr_values: string) =>
    page.goto(stack.authorizationUrl({ client_id: 'house', acr_values }));
  const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
  const sessionCookies = async () =>
    (await page.context().cookies()).filter(({ name }) => name.includes('keyward-session'));

  it('is set up by keyboard, before any session', async () => {
    await begin(MFA_ACR);
    await signIn(page, stack);
    await heading('Set up a second step');
    await expectWellMade(page, 'enrolment');
    expect(await sessionCookies()).toEqual([]);
    key = await page.locator('code.secret').innerText();
    expect(await page.evaluate('document.activeElement.id')).toBe('code');
    await page.keyboard.type(codeOfApp(key));
    await page.keyboard.press('Enter');

    await heading('Keep your recovery codes');
    await expectWellMade(page, 'recovery-codes');
    expect(await sessionCookies()).toHaveLength(1);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.innerText')).toMatch(/continue/);
    await page.keyboard.press('Enter');
    await page.getByText('arrived').waitFor();
  }, 60_000);

  it('is asked for by keyboard, says what was wrong, and leads to the passkey that is needed', async () => {
    await page.context().clearCookies();
    await begin(PHISHING_RESISTANT_ACR);
    await signIn(page, stack);
    await heading('Confirm that it is you');
    await page.keyboard.type('000000');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    const code = page.getByLabel('Code of your authenticator app');
    expect(await code.getAttribute('aria-describedby')).toBe('problem');
    await expectWellMade(page, 'factor');
    await code.focus();
    await page.keyboard.type(codeOfApp(key, 1));
    await page.keyboard.press('Enter');

    await heading('Set up a passkey');
    await expectWellMade(page, 'enrolment-passkey');
    expect(await sessionCookies()).toEqual([]);
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
    await page.getByRole('button', { name: 'Set up a passkey' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('arrived').waitFor();
    expect(await sessionCookies()).toHaveLength(1);
  }, 60_000);

  it('is the passkey alone from then on, where nothing less is sure enough', async () => {
    await page.context().clearCookies();
    await begin(PHISHING_RESISTANT_ACR);
    await signIn(page, stack);
    await heading('Confirm that it is you');
    expect(await page.locator('#code').count()).toBe(0);
    expect(await page.getByText('recovery code').count()).toBe(0);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByText('arrived').waitFor();
    expect(tab.complaints).toEqual([]);
  }, 60_000);
});
