/** One page in a real browser that collects whatever the browser complains about. */
import { type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** A tab in a browser of its own, and what its console said. */
export interface BrowserPage {
  readonly page: Page;
  /** Errors and warnings: a violated policy, above all. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Opens a tab that shares cookies with nobody. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserPage> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints, close: () => context.close() };
}

/** With what somebody signs in. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Fills the sign-in page that is shown and submits it. */
export async function signIn(page: Page, { username, password }: Credentials): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
