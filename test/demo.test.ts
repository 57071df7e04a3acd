import { chmodSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeDataDirectory } from '@keyward/auth-service/testing';
import { AppProcess } from './support/app-process.js';
import { openPage, signIn } from './support/browser-page.js';
import { describeWithChromium } from './support/chromium.js';
import { freeLoopbackPort } from './support/free-loopback-port.js';

const START = fileURLToPath(new URL('../scripts/start.mjs', import.meta.url));

describeWithChromium('npm start, with nothing configured', (browser) => {
  let directory: string;
  let demo: AppProcess;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'keyward-demo-'));
    // Where root runs this, the user of the embedded PostgreSQL has to pass.
    chmodSync(directory, 0o711);
    const ports = await Promise.all(Array.from({ length: 4 }, () => freeLoopbackPort()));
    const [auth = '', orders = '', payments = '', shop = ''] = ports.map(String);
    demo = await AppProcess.start({
      args: [START],
      env: {
        AUTH_PORT: auth,
        ORDERS_PORT: orders,
        PAYMENTS_PORT: payments,
        STOREFRONT_PORT: shop,
        KEYWARD_DATA_DIR: join(directory, 'data'),
        NX_DAEMON: 'false',
      },
      url: `http://127.0.0.1:${shop}`,
      readyPath: '/health',
      readyWithinMs: 300_000,
    });
  }, 330_000);
  afterAll(async () => {
    await demo.stop(60_000);
    await removeDataDirectory(join(directory, 'data', 'postgres'));
    await rm(directory, { recursive: true, force: true });
  }, 90_000);

  /** What stands behind a word in the instructions, once they are printed. */
  const printed = (word: string): string => {
    const value = new RegExp(`^ +${word} +(\\S+)`, 'm').exec(demo.output)?.[1];
    if (value === undefined) throw new Error(`it printed no ${word}:\n${demo.output}`);
    return value;
  };

  it('prints where and as whom to sign in; a person orders, pays, and signs out', async () => {
    const { page, complaints, close } = await openPage(browser());
    await page.goto(printed('sign in at'));
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, { username: printed('username'), password: printed('password') });

    await page.getByRole('heading', { level: 1, name: 'Good to see you, Demo User' }).waitFor();
    await page.getByRole('button', { name: 'Order Brass padlock' }).click();
    await page.getByText('Brass padlock is ordered and paid.').waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out.').waitFor();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Password').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('shows the same orders to a page that holds its tokens itself', async () => {
    const { page, complaints, close } = await openPage(browser());
    await page.goto(`${printed('sign in at')}/spa.html`);
    await page.getByRole('button', { name: 'Sign in here' }).click();
    await signIn(page, { username: printed('username'), password: printed('password') });
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('1 × Brass padlock').waitFor();
    expect(new URL(page.url()).search).toBe('');
    await page.getByRole('button', { name: 'Renew the tokens' }).click();
    await page.getByText('The tokens are new.').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Sign in here' }).waitFor();
    expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage])')).not.toMatch(
      /eyJ|kwr_/,
    );
    expect(complaints).toEqual([]);
    await close();
  });
});
