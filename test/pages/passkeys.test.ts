/** Passkeys in a real browser with a virtual authenticator: set up, as a second factor, and alone. */
import { type CDPSession, type Page } from 'playwright-core';
import { type BrowserPage, openPage, signIn } from '../support/browser-page.js';
import { describeWithChromium } from '../support/chromium.js';
import { SignInStack } from '../support/sign-in-stack.js';

const PHISHING_RESISTANT_ACR = 'urn:keyward:acr:phr';

describeWithChromium('a passkey', (browser) => {
  let stack: SignInStack;
  let tab: BrowserPage;
  let page: Page;
  let devtools: CDPSession;
  let authenticatorId: string;
  beforeAll(async () => {
    stack = await SignInStack.start('localhost');
    tab = await openPage(browser());
    page = tab.page;
    devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    ({ authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    }));
  });
  afterAll(async () => {
    await tab.close();
    await stack.stop();
  });

  const sessionCookies = async () =>
    (await page.context().cookies()).filter(({ name }) => name.includes('keyward-session'));
  const begin = (change: Record<string, string> = {}) =>
    page.goto(stack.authorizationUrl({ client_id: 'house', ...change }));
  const arrived = () => page.getByText('arrived').waitFor();

  it('is set up where the client needs one, before any session', async () => {
    await begin({ acr_values: PHISHING_RESISTANT_ACR });
    await signIn(page, stack);
    await page.getByRole('heading', { name: 'Set up a passkey' }).waitFor();
    expect(await sessionCookies()).toEqual([]);
    await page.getByRole('button', { name: 'Set up a passkey' }).click();
    await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor();
    expect(await page.locator('.codes li').count()).toBe(10);
    expect(await sessionCookies()).toHaveLength(1);
    await page.getByRole('link', { name: /continue/ }).click();
    await arrived();
  }, 30_000);

  it('is asked for after the password from then on', async () => {
    await page.context().clearCookies();
    await begin();
    await signIn(page, stack);
    await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor();
    expect(await sessionCookies()).toEqual([]);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await arrived();
    expect(await sessionCookies()).toHaveLength(1);
  }, 30_000);

  it('signs in by itself', async () => {
    await page.context().clearCookies();
    await begin({ acr_values: PHISHING_RESISTANT_ACR });
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await arrived();
    expect(await sessionCookies()).toHaveLength(1);
  }, 30_000);

  it('that does not know its person signs nobody in', async () => {
    await page.context().clearCookies();
    await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await begin();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('status').filter({ hasText: 'That did not work' }).waitFor();
    expect(await sessionCookies()).toEqual([]);
    await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  }, 30_000);

  it('whose counter went back was copied: refused', async () => {
    await page.context().clearCookies();
    const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId });
    const [credential] = credentials;
    if (credential === undefined) throw new Error('the authenticator has no credential');
    await devtools.send('WebAuthn.removeCredential', {
      authenticatorId,
      credentialId: credential.credentialId,
    });
    await devtools.send('WebAuthn.addCredential', {
      authenticatorId,
      credential: { ...credential, signCount: 0 },
    });
    await begin();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('alert').filter({ hasText: 'That passkey did not do' }).waitFor();
    expect(await sessionCookies()).toEqual([]);
  }, 30_000);

  it('does all this without a word of complaint by the browser', () => {
    expect(tab.complaints).toEqual([]);
  });
});
