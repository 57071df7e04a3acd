import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { headingOf, openSignedIn } from '../testing/account.visit.js';
import { TestApplication } from '../testing/test-application.js';
import { TestBrowser } from '../testing/test-browser.js';

describe('the way in to the account pages', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());

  it('leads through sign-in, and back to the page that was wanted', async () => {
    const browser = new TestBrowser(server);
    const asked = await browser.get('/account');
    expect([asked.status, asked.location]).toEqual([
      303,
      expect.stringMatching(/^\/interaction\/[\w-]{22}\/sign-in$/),
    ]);
    const page = await openSignedIn(browser, '/account');
    expect([page.status, headingOf(page)]).toEqual([200, 'Profile']);
    expect(page.html).toContain('Alice Archer');
    expect((await browser.get('/account')).status).toBe(200);
  });

  it('grants nothing to anybody on that way', async () => {
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    await openSignedIn(new TestBrowser(server), '/account');
    expect(await manager.query('SELECT count(*)::int FROM oauth_grant')).toEqual([{ count: 0 }]);
  });
});
