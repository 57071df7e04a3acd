import { AccountStore } from '../account/account.store.js';
import { PasswordHasher } from '../account/password.hasher.js';
import { FactorStore } from '../factor/factor.store.js';
import { codeOf, stepAt } from '../factor/totp.js';
import {
  continuePath,
  enrolmentPath,
  factorPath,
  signInPath,
} from '../interaction/interaction.paths.js';
import { SessionRevocation } from '../session/session.revocation.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { openSignedIn } from '../testing/account.visit.js';
import { beginInteraction } from '../testing/begin-interaction.js';
import { ALICE, SECRETS } from '../testing/bootstrap.fixture.js';
import { ORIGIN } from '../testing/request-origin.fixture.js';
import { TestApplication } from '../testing/test-application.js';
import { formOf, TestBrowser } from '../testing/test-browser.js';
import { secretOf } from '../testing/totp.page.js';
import { MFA_ACR, PASSWORD_ACR } from './acr.js';

const PASSWORD = SECRETS['PASSWORD_OF_alice'] ?? '';
const DEVICE_COOKIE = '__Host-keyward-device';
const SESSION_COOKIE = '__Host-keyward-session';
const PATH = '/account/sign-in-methods';

async function started(days: string) {
  const server = await TestApplication.start({ environment: { AUTH_REMEMBER_DEVICE_DAYS: days } });
  const query = <T>(statement: string) =>
    server.app.get(PostgresDatabase, { strict: false }).manager.query<T[]>(statement);
  const browser = new TestBrowser(server);
  const typePassword = async (id: string, by = browser, password = PASSWORD) =>
    by.submit(await by.get(signInPath(id)), { username: 'alice', password });
  /** The code page of a sign-in after the session is gone, and before the next one. */
  const nextSignIn = async (acrValues: readonly string[] = [], password = PASSWORD) => {
    browser.cookies.delete(SESSION_COOKIE);
    const id = await beginInteraction(server, browser, { acrValues });
    const { location } = await typePassword(id, browser, password);
    return { id, location };
  };
  const first = await beginInteraction(server, browser, { acrValues: [MFA_ACR] });
  await typePassword(first);
  const page = await browser.get(enrolmentPath(first));
  const [secret, step] = [secretOf(page), stepAt(Date.now())];
  await browser.submit(page, { name: 'Phone', code: codeOf(secret, step) });
  /** Types the next code, and has the browser remembered. */
  const remember = async () => {
    const { id } = await nextSignIn();
    const factor = await browser.get(factorPath(id));
    const answer = await browser.submit(factor, {
      code: codeOf(secret, step + 1),
      remember: 'yes',
    });
    return { id, factor, answer };
  };
  return { server, query, browser, nextSignIn, remember, typePassword };
}

describe('a remembered browser', () => {
  let scene: Awaited<ReturnType<typeof started>>;
  beforeEach(async () => {
    scene = await started('30');
  });
  afterEach(() => scene.server.stop());

  it('is not asked for the factor that its owner alone wants, and claims none', async () => {
    const { id, factor, answer } = await scene.remember();
    expect(factor.html).toContain('for 30 days');
    expect(answer.location).toBe(continuePath(id));
    expect(answer.headers.getSetCookie().join('\n')).toMatch(
      /__Host-keyward-device=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax; Max-Age=2592000/,
    );
    const again = await scene.nextSignIn();
    expect(again.location).toBe(continuePath(again.id));
    // The authorization endpoint asks for no more either.
    expect((await scene.browser.get(continuePath(again.id))).location).not.toContain('/factor');
    const sessions = await scene.query(
      'SELECT acr, amr FROM session ORDER BY authenticated_at DESC LIMIT 1',
    );
    expect(sessions).toEqual([{ acr: PASSWORD_ACR, amr: ['pwd'] }]);
  });

  it('is asked for what a request or a group demands, and on the account page', async () => {
    await scene.remember();
    const asked = await scene.nextSignIn([MFA_ACR]);
    expect(asked.location).toBe(factorPath(asked.id));
    await scene.nextSignIn();
    expect((await scene.browser.get(PATH)).location).toMatch(/\/factor$/);
    await scene.query(
      `INSERT INTO account_group (name, required_acr) VALUES ('staff', '${MFA_ACR}')`,
    );
    await scene.query(`UPDATE account SET groups = '{staff}' WHERE account_id = '${ALICE}'`);
    const staff = await scene.nextSignIn();
    expect(staff.location).toBe(factorPath(staff.id));
  });

  it('is remembered for one account, in one browser', async () => {
    await scene.remember();
    const cookie = scene.browser.cookies.get(DEVICE_COOKIE) ?? '';
    const other = new TestBrowser(scene.server);
    const id = await beginInteraction(scene.server, other);
    expect((await scene.typePassword(id, other)).location).toBe(factorPath(id));
    const rows = await scene.query<{ account_id: string; cookie_sha256: Buffer }>(
      'SELECT * FROM remembered_device',
    );
    expect(rows).toMatchObject([{ account_id: ALICE, sign_in_epoch: 0 }]);
    expect(JSON.stringify(rows)).not.toContain(cookie);
    await scene.query(`UPDATE remembered_device SET account_id =
      (SELECT account_id FROM account WHERE username = 'bob')`);
    const again = await scene.nextSignIn();
    expect(again.location).toBe(factorPath(again.id));
  });

  it.each<[string, (at: typeof scene) => Promise<string | void>]>([
    [
      'a new password',
      async ({ server }) => {
        const found = await server.app.get(AccountStore, { strict: false }).findByUsername('alice');
        const to = await server.app.get(PasswordHasher, { strict: false }).hash('quiet lanterns');
        await server.app
          .get(SessionRevocation, { strict: false })
          .replacePassword(
            ALICE,
            { from: found?.passwordHash ?? '', to },
            { reason: 'password_reset', by: 'a test' },
            ORIGIN,
          );
        return 'quiet lanterns';
      },
    ],
    [
      'the removal of a factor beside another one',
      async ({ server, query }) => {
        await query(`INSERT INTO factor (factor_id, account_id, kind, name, secret, key_version)
          SELECT gen_random_uuid(), account_id, kind, 'Old', secret, key_version FROM factor`);
        const [old] = await query<{ factor_id: string }>(`SELECT * FROM factor WHERE name = 'Old'`);
        const store = server.app.get(FactorStore, { strict: false });
        expect(await store.remove(ALICE, old?.factor_id ?? '', true)).toBe(true);
      },
    ],
    [
      'its time',
      async ({ query }) => {
        await query(`UPDATE remembered_device SET expires_at = now()`);
      },
    ],
  ])('is forgotten with %s', async (_, end) => {
    await scene.remember();
    const password = await end(scene);
    const again = await scene.nextSignIn([], password ?? PASSWORD);
    expect(again.location).toBe(factorPath(again.id));
  });

  it('is listed on the account page, and forgotten there; of nobody else', async () => {
    await scene.remember();
    const list = await scene.browser.get(PATH);
    expect(list.html).toContain('Remembered browsers');
    const device = /name="device_id" value="([^"]+)"/.exec(list.html)?.[1] ?? '';
    const form_token = formOf(list).hidden['form_token'] ?? '';
    const bob = new TestBrowser(scene.server);
    await openSignedIn(bob, PATH, 'bob');
    expect((await bob.post(`${PATH}/devices`, { form_token, device_id: device })).status).toBe(403);
    const forget = (device_id: string) =>
      scene.browser.post(`${PATH}/devices`, { form_token, device_id });
    expect((await forget('nothing')).status).toBe(404);
    expect((await forget(device)).location).toBe(PATH);
    expect((await forget(device)).status).toBe(404);
    expect((await scene.browser.get(PATH)).html).not.toContain('Remembered browsers');
    const again = await scene.nextSignIn();
    expect(again.location).toBe(factorPath(again.id));
  });
});

describe('without AUTH_REMEMBER_DEVICE_DAYS', () => {
  it('no browser is remembered, whatever is posted', async () => {
    const scene = await started('0');
    const { factor, answer } = await scene.remember();
    expect(factor.html).not.toContain('name="remember"');
    expect(answer.status).toBe(303);
    expect(scene.browser.cookies.has(DEVICE_COOKIE)).toBe(false);
    expect(await scene.query('SELECT 1 FROM remembered_device')).toEqual([]);
    await scene.server.stop();
  });
});
