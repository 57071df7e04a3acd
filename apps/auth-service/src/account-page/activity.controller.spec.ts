import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AuditRecord } from '../audit/audit.record.js';
import { headingOf, openSignedIn } from '../testing/account.visit.js';
import { ALICE, BOB } from '../testing/bootstrap.fixture.js';
import { TestApplication } from '../testing/test-application.js';
import { type BrowserAnswer, TestBrowser } from '../testing/test-browser.js';
import { ACTIVITY_TYPES, activityKindOf } from './activity.entries.js';

const PATH = '/account/activity';

describe('the activity of an account', () => {
  let server: TestApplication;
  let browser: TestBrowser;
  beforeAll(async () => {
    server = await TestApplication.start();
    browser = new TestBrowser(server);
    await openSignedIn(browser, '/account');
  });
  afterAll(() => server.stop());

  const happened = (accountId: string, type: string, change: object = {}) =>
    server.app.get(AuditRecord, { strict: false }).append([
      {
        ...{ reference: randomUUID(), occurredAt: new Date(), type, outcome: 'success', accountId },
        ...{ address: '192.0.2.7', ...change },
      },
    ]);
  const entriesOf = ({ html }: BrowserAnswer) =>
    [...html.matchAll(/<li[^>]*>\s*<p><strong>([^<]*)<.*?<p class="quiet">(.*?)<\/p>/gs)].map(
      ([, words = '', facts = '']) => `${words} | ${facts.replace(/<[^>]+>|\s+/g, ' ').trim()}`,
    );

  it('says what happened, when and from where, the latest first, and never why', async () => {
    const reason = 'wrong_password';
    await happened(ALICE, 'sign_in.password', { outcome: 'failure', reason, clientId: 'web' });
    await happened(ALICE, 'factor.removed', { detail: { factor_id: randomUUID() } });
    const page = await browser.get(PATH);
    expect([page.status, headingOf(page)]).toEqual([200, 'Activity']);
    const [latest, before] = entriesOf(page);
    expect(latest).toMatch(/^A sign-in method was removed \| .* C?E?S?T.*from 192\.0\.2\.7$/);
    expect(before).toMatch(
      /^A password was tried and not accepted \| .*Web shop.*from 192\.0\.2\.7$/,
    );
    expect(page.html).not.toContain(reason);
    expect(page.html).toContain('<li class="suspicious">');
  });

  it('holds nothing of anybody else, and nothing that is not about its owner’s doing', async () => {
    await happened(BOB, 'password.changed', { address: '192.0.2.99' });
    await happened(ALICE, 'refresh.expired', { address: '192.0.2.98' });
    await happened(ALICE, 'factor.removed', { outcome: 'failure', address: '192.0.2.97' });
    expect((await browser.get(PATH)).html).not.toMatch(/192\.0\.2\.9\d/);
  });

  it('goes back page by page, each entry once', async () => {
    for (let n = 0; n < 60; n += 1) {
      const occurredAt = new Date(Date.now() - 86_400_000 - n * 1000);
      await happened(ALICE, 'profile.changed', { occurredAt, address: `198.51.100.${n}` });
    }
    const seen: string[] = [];
    let path: string | undefined = PATH;
    while (path !== undefined) {
      const page: BrowserAnswer = await browser.get(path);
      seen.push(...entriesOf(page).filter((entry) => entry.includes('198.51.100.')));
      path = /href="(\/account\/activity\?cursor=[^"]+)">Older/.exec(page.html)?.[1];
    }
    expect(seen).toHaveLength(60);
    expect(new Set(seen.map((entry) => /198\S+/.exec(entry)?.[0])).size).toBe(60);
  });

  it.each(['x', '1_nothing', '%00', "1_' OR true"])('takes no cursor %j', async (cursor) => {
    const page = await browser.get(`${PATH}?cursor=${cursor}`);
    expect([page.status, headingOf(page)]).toEqual([400, 'We cannot continue']);
  });

  it('has words for each of its kinds', () => {
    const template = readFileSync(
      new URL('../../views/account-activity.html', import.meta.url),
      'utf8',
    );
    for (const type of ACTIVITY_TYPES) {
      for (const outcome of ['success', 'failure'] as const) {
        const kind = activityKindOf({ type, outcome });
        if (kind !== null) expect(template).toContain(`{%- when '${kind}' %}`);
      }
    }
  });
});
