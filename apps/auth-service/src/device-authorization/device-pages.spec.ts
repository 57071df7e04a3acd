import { AuditRecord } from '../audit/audit.record.js';
import { follow, headingOf, openSignedIn } from '../testing/account.visit.js';
import { SECRETS } from '../testing/bootstrap.fixture.js';
import { deviceDocument, DeviceFlow } from '../testing/device.fixture.js';
import { eventually } from '../testing/eventually.js';
import { TestApplication } from '../testing/test-application.js';
import { type BrowserAnswer, TestBrowser } from '../testing/test-browser.js';

const SCOPE = 'openid offline_access orders:read';
const GONE = 'This code is no longer good';

describe('the pages for devices', () => {
  let server: TestApplication;
  let tv: DeviceFlow;
  beforeAll(async () => {
    server = await TestApplication.start({ bootstrap: deviceDocument() });
    tv = new DeviceFlow(server);
  });
  afterAll(() => server.stop());

  const enter = async (browser: TestBrowser, code: string, username?: 'alice' | 'bob') => {
    const page = await openSignedIn(browser, '/device', username);
    return follow(browser, await browser.submit(page, { user_code: code }));
  };
  const decide = async (browser: TestBrowser, page: BrowserAnswer, fields: object) =>
    follow(browser, await browser.submit(page, { ...fields }));
  const ALLOW = { decision: 'allow', matches: 'yes' };
  const errorOf = async (deviceCode: string) => (await tv.poll(deviceCode)).body['error'];

  it('lead from the code by way of sign-in and confirmation to the tokens', async () => {
    const codes = await tv.begin({ scope: SCOPE });
    const browser = new TestBrowser(server);
    const asked = await enter(browser, ` ${codes.user_code.toLowerCase().replace('-', ' ')} `);
    expect(headingOf({ html: asked.html.replaceAll(/<\/?bdi>/g, '') })).toBe(
      'Living room TV on another device asks for access',
    );
    expect(asked.html).toContain(codes.user_code);
    expect(asked.html).toContain('127.0.0.1');
    expect(asked.html).toContain('orders:read');
    expect(await errorOf(codes.device_code)).toBe('authorization_pending');

    const done = await decide(browser, asked, ALLOW);
    expect(headingOf(done)).toBe('Your device is connected');
    expect((await tv.poll(codes.device_code)).status).toBe(200);
    expect(headingOf(await browser.get(done.path))).toBe('Your device is connected');
  });

  it('tell the device of a denial', async () => {
    const codes = await tv.begin();
    const browser = new TestBrowser(server);
    const done = await decide(browser, await enter(browser, codes.user_code), { decision: 'deny' });
    expect(headingOf(done)).toBe('Access was denied');
    expect(await errorOf(codes.device_code)).toBe('access_denied');
  });

  it('allow nothing before the person has compared the codes', async () => {
    const codes = await tv.begin();
    const browser = new TestBrowser(server);
    const again = await decide(browser, await enter(browser, codes.user_code), {
      decision: 'allow',
    });
    expect(again.html).toContain('Compare the codes.');
    expect(await errorOf(codes.device_code)).toBe('authorization_pending');
  });

  it('fill in the code of a link, through the sign-in, and do nothing else by it', async () => {
    const codes = await tv.begin();
    const browser = new TestBrowser(server);
    const link = new URL(codes.verification_uri_complete);
    const page = await openSignedIn(browser, `${link.pathname}${link.search}`);
    expect(page.html).toContain(`value="${codes.user_code}"`);
    expect(page.html).toContain('If somebody sent you a code or a link');
    // Nobody has entered it: it can still be another person's.
    const bob = new TestBrowser(server);
    expect((await enter(bob, codes.user_code, 'bob')).path).toMatch(/^\/device\/[\w-]{43}$/);
  });

  it.each(['%3Cscript%3E', 'https://evil.example', 'WDJB-MJH1', 'a&user_code=b'])(
    'take nothing of a link that is no code: %s',
    async (value) => {
      const browser = new TestBrowser(server);
      const page = await openSignedIn(browser, `/device?user_code=${value}`);
      expect(page.html).toContain('name="user_code" type="text" value=""');
    },
  );

  it('give a device to whoever entered its code first, and to nobody else', async () => {
    const codes = await tv.begin();
    const [alice, bob] = [new TestBrowser(server), new TestBrowser(server)];
    const asked = await enter(alice, codes.user_code);
    expect((await enter(bob, codes.user_code, 'bob')).html).toContain('No device waits');
    expect(headingOf(await bob.get(asked.path))).toBe(GONE);
    const posted = await bob.post(asked.path, { ...ALLOW, form_token: 'x' });
    expect([posted.status, headingOf(posted)]).toEqual([404, GONE]);
    expect(await errorOf(codes.device_code)).toBe('authorization_pending');
    expect((await enter(alice, codes.user_code)).path).toBe(asked.path);
    await decide(alice, asked, ALLOW);
    expect((await tv.poll(codes.device_code)).status).toBe(200);
  });

  it('let nobody decide twice', async () => {
    const codes = await tv.begin();
    const browser = new TestBrowser(server);
    const asked = await enter(browser, codes.user_code);
    await decide(browser, asked, { decision: 'deny' });
    expect(headingOf(await decide(browser, asked, ALLOW))).toBe('Access was denied');
    expect(await errorOf(codes.device_code)).toBe('access_denied');
  });

  it.each(['/device/x', `/device/${'x'.repeat(43)}`])('know nothing of %s', async (path) => {
    const browser = new TestBrowser(server);
    const page = await openSignedIn(browser, '/device');
    expect(page.status).toBe(200);
    const gone = await browser.get(path);
    expect([gone.status, headingOf(gone)]).toEqual([404, GONE]);
  });

  it.each([
    ['without a token', {}, { form_token: '' }],
    ['of another page', {}, { form_token: 'A'.repeat(43) }],
    ['from another site', { origin: 'https://evil.example' }, {}],
    ['across sites', { 'sec-fetch-site': 'cross-site' }, {}],
  ])('refuse a form %s', async (_, headers, change) => {
    const codes = await tv.begin();
    const browser = new TestBrowser(server);
    const first = await openSignedIn(browser, '/device');
    const entered = await browser.submit(first, { user_code: codes.user_code, ...change }, headers);
    expect(entered.status).toBe(403);
    const asked = await enter(browser, codes.user_code);
    expect((await browser.submit(asked, { ...ALLOW, ...change }, headers)).status).toBe(403);
    expect(await errorOf(codes.device_code)).toBe('authorization_pending');
  });

  it('refuse a decision that is none', async () => {
    const codes = await tv.begin();
    const browser = new TestBrowser(server);
    const asked = await enter(browser, codes.user_code);
    const answer = await browser.submit(asked, { decision: 'perhaps', matches: 'yes' });
    expect(answer.status).toBe(400);
  });

  it('are for no frame, no cache and no other origin', async () => {
    const codes = await tv.begin();
    const browser = new TestBrowser(server);
    for (const page of [
      await openSignedIn(browser, '/device'),
      await enter(browser, codes.user_code),
    ]) {
      expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(page.headers.get('content-security-policy')).toContain("form-action 'self'");
      expect(page.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('ask for consent also where the client is of the house', async () => {
    const houseTv = new DeviceFlow(server, {}, 'house-tv');
    const codes = await houseTv.begin({ scope: SCOPE });
    const browser = new TestBrowser(server);
    const asked = await enter(browser, codes.user_code);
    expect(asked.html).toContain('name="matches"');
  });

  it('want the second factor that the client wants', async () => {
    const vault = new DeviceFlow(server, {}, 'vault');
    const codes = await vault.begin();
    const asked = await enter(new TestBrowser(server), codes.user_code);
    expect(asked.path).toMatch(/^\/interaction\/[\w-]+\/(factor|enrolment)$/);
  });

  it('want a sign-in that is as fresh as the device asks, once', async () => {
    const browser = new TestBrowser(server);
    await openSignedIn(browser, '/device');
    const codes = await tv.begin({ max_age: '0' });
    const again = await enter(browser, codes.user_code);
    expect(again.path).toMatch(/\/sign-in$/);
    const signInAs = async (username: 'alice' | 'bob') => {
      const password = SECRETS[`PASSWORD_OF_${username}`] ?? '';
      return follow(browser, await browser.submit(again, { username, password }));
    };
    expect((await signInAs('bob')).html).toContain('That did not match');
    expect((await signInAs('alice')).html).toContain('name="matches"');
  });

  it('brake whoever guesses', async () => {
    const browser = new TestBrowser(server);
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) {
      const page = await openSignedIn(browser, '/device', 'bob');
      statuses.push((await browser.submit(page, { user_code: 'BBBB-BBBB' })).status);
    }
    expect([statuses.at(0), statuses.at(-1)]).toEqual([200, 429]);
    const malformed = await browser.submit(await openSignedIn(browser, '/device', 'bob'), {
      user_code: 'hello',
    });
    expect([malformed.status, malformed.html]).toEqual([
      200,
      expect.stringContaining('That is not a code'),
    ]);
  });

  it('put everything on record', async () => {
    const codes = await tv.begin({ scope: SCOPE });
    const browser = new TestBrowser(server);
    await decide(browser, await enter(browser, codes.user_code), ALLOW);
    await tv.poll(codes.device_code);
    await tv.poll(codes.device_code);
    const record = server.app.get(AuditRecord, { strict: false });
    const found = await eventually(
      () => record.find({ clientId: 'tv', limit: 50 }),
      ({ events }) => events.some(({ type }) => type === 'device.refused'),
    );
    const latest = found.events.slice(0, 4).map(({ type, outcome }) => `${type} ${outcome}`);
    expect(latest).toEqual([
      'device.refused failure',
      'device.redeemed success',
      'device.decided success',
      'device.requested success',
    ]);
    expect(JSON.stringify(found.events)).not.toContain(codes.device_code);
    expect(new Set(found.events.slice(0, 3).map(({ grantId }) => grantId)).size).toBe(1);
  });
});
