import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuditRecord } from '../audit/audit.record.js';
import { MFA_ACR, PASSWORD_ACR } from '../authentication/acr.js';
import { FRESH_SECONDS } from '../factor/factor.service.js';
import { codeOf, stepAt } from '../factor/totp.js';
import { SessionRelay } from '../session/session.relay.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { follow, headingOf, noticeOf, openSignedIn } from '../testing/account.visit.js';
import { ALICE } from '../testing/bootstrap.fixture.js';
import { SmtpSink } from '../testing/smtp.sink.js';
import { TestApplication } from '../testing/test-application.js';
import { formOf, TestBrowser } from '../testing/test-browser.js';
import { secretOf } from '../testing/totp.page.js';

const PATH = '/account/sign-in-methods';

describe('the page of the sign-in methods', () => {
  let sink: SmtpSink;
  let server: TestApplication;
  let browser: TestBrowser;
  let secret: Buffer;
  let step: number;
  beforeAll(async () => {
    sink = await SmtpSink.start();
    server = await TestApplication.start({ environment: sink.environment });
  });
  afterAll(async () => {
    await server.stop();
    await sink.stop();
  });
  beforeEach(async () => {
    for (const table of ['factor', 'recovery_code', 'session']) await query(`DELETE FROM ${table}`);
    await query(`UPDATE account SET groups = '{}'`);
    browser = new TestBrowser(server);
    await openSignedIn(browser, PATH);
  });

  const query = <T>(statement: string) =>
    server.app.get(PostgresDatabase, { strict: false }).manager.query<T[]>(statement);
  const sessions = () => query('SELECT acr, amr FROM session WHERE ended_at IS NULL');
  const factors = () => query<{ factor_id: string; name: string }>('SELECT * FROM factor');
  const codesIn = (html: string) => [...html.matchAll(/<li><code>([^<]*)</g)].length;

  async function addApp(by = browser, name = 'Phone') {
    const page = await by.get(`${PATH}/new-app`);
    const shown = secretOf(page);
    const answer = await by.submit(page, { name, code: codeOf(shown, stepAt(Date.now())) });
    [secret, step] = [shown, stepAt(Date.now())];
    return { page, answer };
  }
  const removalOf = async (name = 'Phone') => {
    const id = (await factors()).find((factor) => factor.name === name)?.factor_id ?? '';
    return `${PATH}/${id}/removal`;
  };

  it('sets up a first app, raises the session by it, shows recovery codes and tells by mail', async () => {
    const mails = sink.mails.length;
    expect((await browser.get(PATH)).html).toContain('whoever learns your password');
    expect(await sessions()).toEqual([{ acr: PASSWORD_ACR, amr: ['pwd'] }]);
    const { answer } = await addApp();
    expect([answer.status, headingOf(answer)]).toEqual([200, 'Keep your recovery codes']);
    expect(codesIn(answer.html)).toBe(10);
    expect(await sessions()).toEqual([{ acr: MFA_ACR, amr: ['pwd', 'otp', 'mfa'] }]);
    const list = await browser.get(PATH);
    expect(list.status).toBe(200);
    expect(list.html).toContain('<bdi>Phone</bdi>');
    expect(list.html).toContain('You have 10 left');
    const mail = await sink.mail(mails);
    expect(mail.to).toEqual(['alice@example.com']);
    expect(mail.text).toContain('a way to sign in was added to');
    expect(mail.text).toContain(PATH);
  });

  it('adds another one beside it, and leaves the codes as they are', async () => {
    await addApp();
    const codes = await query('SELECT code_sha256 FROM recovery_code ORDER BY 1');
    const { answer } = await addApp(browser, 'Tablet');
    expect(answer.location).toBe(PATH);
    expect(noticeOf(await browser.get(PATH))).toBe('Your new sign-in method is ready.');
    expect(await query('SELECT code_sha256 FROM recovery_code ORDER BY 1')).toEqual(codes);
    expect(await factors()).toHaveLength(2);
  });

  it('keeps a secret that proves nothing until its code was typed', async () => {
    const page = await browser.get(`${PATH}/new-app`);
    const wrong = await browser.submit(page, { name: 'Phone', code: '000' });
    expect(wrong.html).toContain('id="problem"');
    expect(secretOf(wrong)).toEqual(secretOf(page));
    expect(await factors()).toEqual([]);
  });

  it.each([
    ['new-app', '/x'],
    ['new-passkey', ''],
    ['new-recovery-codes', ''],
  ])('asks for the factor before %s, where the session knows none of it', async (page, form) => {
    const other = new TestBrowser(server);
    await openSignedIn(other, PATH);
    await addApp();
    const asked = await follow(other, await other.get(`${PATH}/${page}`));
    expect(asked.path).toMatch(/^\/interaction\/[\w-]{22}\/factor$/);
    const posted = await other.post(`${PATH}/${page}${form}`, { credential: '{}' });
    expect(posted.location).toMatch(/^\/interaction\/[\w-]{22}\/factor$/);
    expect(await factors()).toHaveLength(1);
    const proven = await other.submit(asked, { code: codeOf(secret, step + 1) });
    expect((await follow(other, proven)).path).toBe(`${PATH}/${page}`);
  });

  it('asks for everything again where the sign-in is not recent, and changes nothing before', async () => {
    await addApp();
    const path = await removalOf();
    const page = await browser.get(path);
    await query(
      `UPDATE session SET authenticated_at = now() - interval '${FRESH_SECONDS + 1} seconds'`,
    );
    const cookie = browser.cookies.get('__Host-keyward-session') ?? '';
    const cookieSha256 = createHash('sha256').update(cookie).digest();
    await server.app.get(SessionRelay, { strict: false }).removeCopy(cookieSha256);
    const posted = await follow(browser, await browser.submit(page, {}));
    expect(posted.path).toMatch(/\/sign-in$/);
    expect(await factors()).toHaveLength(1);
  });

  it('renames, with a notice, and records it', async () => {
    await addApp();
    const list = await browser.get(PATH);
    const answer = await browser.submit(list, { name: 'Work "phone" <b>' });
    expect(answer.location).toBe(PATH);
    const after = await browser.get(PATH);
    expect(noticeOf(after)).toBe('The name is saved.');
    expect(after.html).toContain('Work &#34;phone&#34; &lt;b&gt;');
  });

  it('removes the last one with its codes after saying so, and only once', async () => {
    await addApp();
    const path = await removalOf();
    const page = await browser.get(path);
    expect(page.html).toContain('It is your last one');
    expect(await factors()).toHaveLength(1);
    const answers = await Promise.all(Array.from({ length: 5 }, () => browser.submit(page, {})));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(4);
    expect(await factors()).toEqual([]);
    expect(await query('SELECT 1 FROM recovery_code')).toEqual([]);
    expect(noticeOf(await browser.get(PATH))).toBe('That sign-in method is removed.');
  });

  it('keeps the last one where a group of the person demands one, and says why', async () => {
    await query(
      `INSERT INTO account_group (name, required_acr) VALUES ('staff', '${MFA_ACR}')
       ON CONFLICT DO NOTHING`,
    );
    await addApp();
    const path = await removalOf();
    const page = await browser.get(path);
    await query(`UPDATE account SET groups = '{staff}' WHERE account_id = '${ALICE}'`);
    const refused = await browser.submit(page, {});
    expect(refused.location).toBe(path);
    const told = await browser.get(path);
    expect(told.html).toContain('This one has to stay');
    expect(() => formOf(told)).toThrow('no form');
    expect(await factors()).toHaveLength(1);
  });

  it('replaces recovery codes after a question', async () => {
    await addApp();
    const before = await query('SELECT code_sha256 FROM recovery_code ORDER BY 1');
    const page = await browser.get(`${PATH}/new-recovery-codes`);
    const shown = await browser.submit(page, {});
    expect(codesIn(shown.html)).toBe(10);
    expect(await query('SELECT code_sha256 FROM recovery_code ORDER BY 1')).not.toEqual(before);
  });

  it("neither shows, names nor removes another person's, and takes no foreign form", async () => {
    await addApp();
    const path = await removalOf();
    const bob = new TestBrowser(server);
    await openSignedIn(bob, PATH, 'bob');
    expect((await bob.get(path)).status).toBe(404);
    expect((await bob.get(`${PATH}/nothing/removal`)).status).toBe(404);
    const list = await browser.get(PATH);
    const { action, hidden } = formOf(list);
    expect((await bob.post(action, { ...hidden, name: 'Mine' })).status).toBe(403);
    const bobs = await bob.get(`${PATH}/new-app`);
    expect((await bob.post(action, { ...formOf(bobs).hidden, name: 'Mine' })).status).toBe(403);
    expect((await browser.post(path, {})).status).toBe(403);
    expect((await browser.post(`${PATH}/new-recovery-codes`, {})).status).toBe(403);
    expect((await factors()).map(({ name }) => name)).toEqual(['Phone']);
  });

  it('records what was done', async () => {
    await addApp();
    await browser.submit(await browser.get(PATH), { name: 'Other' });
    await browser.submit(await browser.get(await removalOf('Other')), {});
    const audit = server.app.get(AuditRecord, { strict: false });
    const wanted = ['factor.enrolled', 'factor.renamed', 'factor.removed'];
    let types: readonly string[] = [];
    for (let looks = 0; looks < 200 && !wanted.every((type) => types.includes(type)); looks += 1) {
      await sleep(50);
      types = (await audit.find({ accountId: ALICE })).events.map(({ type }) => type);
    }
    expect(types).toEqual(expect.arrayContaining(wanted));
  });
});
