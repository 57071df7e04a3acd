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
    const ports = await Promise.all([1, 2, 3, 4].map(() => freeLoopbackPort()));
    const [auth = '', orders = '', payments = '', client = ''] = ports.map(String);
    demo = await AppProcess.start({
      args: [START],
      env: {
        AUTH_PORT: auth,
        ORDERS_PORT: orders,
        PAYMENTS_PORT: payments,
        DEMO_CLIENT_PORT: client,
        KEYWARD_DATA_DIR: join(directory, 'data'),
        NX_DAEMON: 'false',
      },
      url: `http://127.0.0.1:${client}`,
      readyPath: '/health',
      readyWithinMs: 150_000,
    });
  }, 180_000);
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

  it('prints where and as whom to sign in; a person consents, sees claims and orders, signs out', async () => {
    const { page, complaints, close } = await openPage(browser());
    await page.goto(printed('sign in at'));
    await signIn(page, { username: printed('username'), password: printed('password') });

    await page.getByRole('heading', { level: 1, name: 'Demo client asks for access' }).waitFor();
    await page.getByRole('button', { name: 'Allow' }).click();

    await page.getByRole('heading', { level: 1, name: 'Signed in as Demo User' }).waitFor();
    const shown = async (heading: string) => {
      const block = page.locator(`h2:has-text("${heading}") + pre`);
      return JSON.parse(await block.innerText()) as Record<string, unknown>;
    };
    const issuer = printed('auth-service');
    expect(await shown('ID token')).toMatchObject({ iss: issuer, aud: 'demo-web', amr: ['pwd'] });
    expect(await shown('Access token')).toMatchObject({
      client_id: 'demo-web',
      aud: expect.arrayContaining([printed('orders-service')]),
    });
    expect(await shown('Userinfo')).toMatchObject({ name: 'Demo User' });
    expect(await shown('orders-service answered 200')).toEqual([]);
    await page.getByRole('button', { name: 'Place an order' }).click();
    await page.getByText('PADLOCK-40').waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { level: 1, name: 'Signed out' }).waitFor();
    await page.goto(printed('sign in at'));
    await page.getByLabel('Password').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});
