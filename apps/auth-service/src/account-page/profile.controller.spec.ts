import { setTimeout as sleep } from 'node:timers/promises';
import { AccountStore } from '../account/account.store.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { headingOf, noticeOf, openSignedIn } from '../testing/account.visit.js';
import { ALICE } from '../testing/bootstrap.fixture.js';
import { TestApplication } from '../testing/test-application.js';
import { formOf, TestBrowser } from '../testing/test-browser.js';

describe('the profile', () => {
  let server: TestApplication;
  let browser: TestBrowser;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    browser = new TestBrowser(server);
    await openSignedIn(browser, '/account');
  });

  const save = async (fields: Readonly<Record<string, string>>) =>
    browser.submit(await browser.get('/account'), fields);
  const alice = () => server.app.get(AccountStore, { strict: false }).find(ALICE);

  it('is changed by its owner, who is told so, and audited without what it says', async () => {
    const answer = await save({ name: '  Zoe\u0308 <b> ', given_name: 'Zoë', family_name: '' });
    expect([answer.status, answer.location]).toEqual([303, '/account']);
    const page = await browser.get('/account');
    expect(noticeOf(page)).toBe('Your profile is saved.');
    expect(page.html).toContain('value="Zoë &lt;b&gt;"');
    expect(await alice()).toMatchObject({ name: 'Zoë <b>', givenName: 'Zoë', familyName: null });
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    let events: unknown[] = [];
    for (const end = Date.now() + 5000; events.length === 0 && Date.now() < end; await sleep(20)) {
      events = await manager.query(
        `SELECT account_id, detail FROM audit_event WHERE type = 'profile.changed'`,
      );
    }
    expect(events).toEqual([
      { account_id: ALICE, detail: { changed: 'name givenName familyName' } },
    ]);
  });

  it.each([
    ['too long', { name: 'a'.repeat(101) }],
    ['of two lines', { given_name: 'Ada\nLovelace' }],
    ['with a NUL', { family_name: 'a\u0000b' }],
    ['that turns what follows around', { name: 'Ada \u202eecalevoL' }],
  ])('takes no name %s, and keeps what was typed', async (_, fields) => {
    const before = await alice();
    const answer = await save({ given_name: 'Kept', ...fields });
    expect([answer.status, headingOf(answer)]).toEqual([200, 'Profile']);
    expect(answer.html).toContain('That is no name that can be shown');
    expect(answer.html).toMatch(/id="[a-z_]*name" [^>]*aria-invalid="true"/);
    expect(await alice()).toEqual(before);
  });

  it('takes what has a hundred characters, however many bytes they are', async () => {
    expect((await save({ name: '\u{1f30a}'.repeat(100) })).status).toBe(303);
  });

  it('is not changed by a form of another page', async () => {
    const { hidden } = formOf(await browser.get('/account/password'));
    const answer = await browser.post('/account', { ...hidden, name: 'Mallory' });
    expect(answer.status).toBe(403);
    expect((await alice())?.name).not.toBe('Mallory');
  });

  it('says what was done once, and nothing that a link or an unknown word made up', async () => {
    browser.cookies.set('__Host-keyward-notice', 'password-reset-by-mallory');
    expect(noticeOf(await browser.get('/account?notice=profile-saved'))).toBeNull();
    expect(browser.cookies.has('__Host-keyward-notice')).toBe(false);
  });
});
