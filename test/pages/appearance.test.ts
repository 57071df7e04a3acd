import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type AxeResults } from 'axe-core';
import { type Page } from 'playwright-core';
import { openPage, signIn } from '../support/browser-page.js';
import { describeWithChromium } from '../support/chromium.js';
import { SignInStack } from '../support/sign-in-stack.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Outside git; what to look at after a change of the style. */
const SCREENSHOTS = fileURLToPath(new URL('../test-output/pages/', import.meta.url));

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 56 56">
  <rect width="56" height="56" rx="14" fill="#1d4e89"/>
  <path d="M10 36c6 0 6-5 12-5s6 5 12 5 6-5 12-5" stroke="#fff" stroke-width="4" fill="none"/>
  <circle cx="28" cy="19" r="6" fill="#f6c85f"/></svg>`;

describeWithChromium('the look of every page', (browser) => {
  let stack: SignInStack;
  beforeAll(async () => {
    stack = await SignInStack.start();
    await mkdir(SCREENSHOTS, { recursive: true });
  });
  afterAll(() => stack.stop());

  const consent = async (page: Page) => {
    await page.goto(stack.authorizationUrl({ prompt: 'consent' }));
    await signIn(page, stack);
    await page.getByRole('button', { name: 'Allow' }).waitFor();
  };
  const signOut = async (page: Page) => {
    await page.goto(stack.authorizationUrl({ client_id: 'house' }));
    await signIn(page, stack);
    await page.getByText('arrived').waitFor();
    await page.goto(`${stack.issuer}/oauth2/logout?client_id=harbour`);
  };
  // A page that was only looked at leaves its link good for the next one.
  let unusedLink: string | null = null;
  const openReset = async (page: Page) => {
    if (unusedLink === null) {
      const before = stack.mailedLinks.length;
      await page.goto(`${stack.issuer}/password/forgot`);
      await page.getByLabel('Username').fill(stack.username);
      await page.keyboard.press('Enter');
      await page.getByText('a link is on its way').waitFor();
      while (stack.mailedLinks.length === before) await page.waitForTimeout(50);
      unusedLink = stack.mailedLinks.at(-1) ?? '';
    }
    await page.goto(unusedLink);
  };
  const PAGES: [string, string, (page: Page) => Promise<unknown>][] = [
    ['sign-in', 'Sign in', (page) => page.goto(stack.authorizationUrl())],
    [
      'forgot-password',
      'Forgot your password?',
      async (page) => {
        await page.goto(stack.authorizationUrl());
        await page.getByRole('link', { name: 'Forgot your password?' }).click();
        await page.getByRole('button', { name: 'Send the link' }).waitFor();
      },
    ],
    [
      'forgot-password-sent',
      'Look into your mail',
      async (page) => {
        await page.goto(`${stack.issuer}/password/forgot`);
        await page.getByLabel('Username').fill('nobody');
        await page.keyboard.press('Enter');
        await page.getByText('a link is on its way').waitFor();
      },
    ],
    [
      'reset-password',
      'Choose a new password',
      async (page) => {
        await openReset(page);
        await page.getByLabel('New password', { exact: true }).fill('short');
        await page.getByLabel('New password, once more').fill('short');
        await page.keyboard.press('Enter');
        await page.getByRole('alert').waitFor();
      },
    ],
    [
      'reset-password-done',
      'Your password is changed',
      async (page) => {
        await openReset(page);
        unusedLink = null;
        // The password that the other pages sign in with.
        await page.getByLabel('New password', { exact: true }).fill(stack.password);
        await page.getByLabel('New password, once more').fill(stack.password);
        await page.getByRole('button', { name: 'Change the password' }).click();
        await page.getByText('You are signed out everywhere').waitFor();
      },
    ],
    [
      'reset-password-gone',
      'This link does not work any more',
      (page) => page.goto(`${stack.issuer}/password/reset?token=${'A'.repeat(43)}`),
    ],
    [
      'sign-in-refused',
      'Sign in',
      async (page) => {
        await page.goto(stack.authorizationUrl({ login_hint: 'someone@harbour.example' }));
        await page.getByLabel('Password').fill('wrong');
        await page.keyboard.press('Enter');
        await page.getByRole('alert').waitFor();
      },
    ],
    [
      'select-account',
      'Choose an account',
      async (page) => {
        await consent(page);
        await page.goto(stack.authorizationUrl({ prompt: 'select_account' }));
      },
    ],
    ['consent', 'Harbour asks for access', consent],
    [
      'form-post',
      'Almost there',
      async (page) => {
        await page.goto(stack.authorizationUrl({ client_id: 'house', response_mode: 'form_post' }));
        await signIn(page, stack);
        await page.getByRole('button', { name: 'Continue' }).waitFor();
      },
    ],
    [
      'error',
      'We cannot continue',
      (page) => page.goto(stack.authorizationUrl({ redirect_uri: 'https://evil.example/cb' })),
    ],
    ['sign-out', 'Sign out?', signOut],
    [
      'signed-out',
      'You are signed out',
      async (page) => {
        await signOut(page);
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByText('You can close this page').waitFor();
      },
    ],
  ];

  describe.each([
    ['light', 1280, 800],
    ['dark', 1280, 800],
    ['light', 320, 640],
    ['dark', 320, 640],
  ] as const)('%s, %d pixels wide', (colorScheme, width, height) => {
    it.each(PAGES)('%s', async (name, heading, open) => {
      const tab = await openPage(browser(), {
        colorScheme,
        viewport: { width, height },
        // For axe, which no policy of ours would let in; the pages are without JavaScript until then.
        bypassCSP: true,
      });
      const { page } = tab;
      await page.route('**/form-post.*.js', (route) => route.fulfill({ body: '' }));
      await page.route('**/logo.svg', (route) =>
        route.fulfill({ body: LOGO, contentType: 'image/svg+xml' }),
      );
      await open(page);
      expect(await page.getByRole('heading', { level: 1 }).allInnerTexts()).toEqual([heading]);
      await page.screenshot({
        path: `${SCREENSHOTS}${name}-${width}-${colorScheme}.png`,
        fullPage: true,
      });
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      await page.evaluate(AXE);
      const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
      expect(
        violations.map(({ id, impact, nodes }) => ({
          id,
          impact,
          where: nodes.map((n) => n.html),
        })),
      ).toEqual([]);
      await tab.close();
    });
  });
});
