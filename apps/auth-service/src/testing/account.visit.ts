/** Takes a browser through whatever stands before an account page. */
import { SECRETS } from './bootstrap.fixture.js';
import { type BrowserAnswer, type TestBrowser } from './test-browser.js';

const MAX_STEPS = 10;

/** Follows redirects; a foreign one ends the way there. */
export async function follow(
  browser: TestBrowser,
  answer: BrowserAnswer,
): Promise<BrowserAnswer & { readonly path: string }> {
  let [page, path] = [answer, ''];
  for (let steps = 0; page.location?.startsWith('/') === true; steps += 1) {
    if (steps === MAX_STEPS) throw new Error(`redirected too often, last to ${page.location}`);
    path = page.location;
    page = await browser.get(path);
  }
  return { ...page, path };
}

/** Opens a page, signing in by password where that is asked. */
export async function openSignedIn(
  browser: TestBrowser,
  path: string,
  username: 'alice' | 'bob' = 'alice',
): Promise<BrowserAnswer> {
  const asked = await follow(browser, await browser.get(path));
  if (!asked.path.endsWith('/sign-in')) return asked;
  const password = SECRETS[`PASSWORD_OF_${username}`] ?? '';
  return follow(browser, await browser.submit(asked, { username, password }));
}

/** The headline of a page. */
export function headingOf({ html }: Pick<BrowserAnswer, 'html'>): string | undefined {
  return /<h1[^>]*>([^<]*)<\/h1>/.exec(html)?.[1];
}

/** What a page says was done; null where it says nothing. */
export function noticeOf({ html }: Pick<BrowserAnswer, 'html'>): string | null {
  return /<p class="notice" role="status">([^<]*)<\/p>/.exec(html)?.[1] ?? null;
}
