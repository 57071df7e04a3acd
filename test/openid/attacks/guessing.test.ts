import { HttpBrowser, type HttpPage } from '../../support/http-browser.js';
import { OpenIdProvider } from '../../support/openid-provider.js';
import { HOUSE } from '../../support/openid-provider.clients.js';
import { RelyingParty } from '../../support/relying-party.js';

const FREE_ATTEMPTS = 5;
const MAX_ATTEMPTS = 15;

describe('guessing at the sign-in page', () => {
  let provider: OpenIdProvider;
  let party: RelyingParty;
  beforeAll(async () => {
    provider = await OpenIdProvider.start();
  }, 60_000);
  beforeEach(() => {
    party = new RelyingParty(provider, HOUSE);
  });
  afterAll(() => provider.stop());

  const attempt = async (username: string, password: string) =>
    party.browser.submit(await party.open(), { username, password });
  /** All that an attacker sees, without what is random or their own. */
  const seen = ({ status, headers, html, form }: HttpPage, username: string) => ({
    status,
    headers: [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
    html: [form?.fields['form_token'] ?? '', form?.action.split('/').at(-2) ?? '', username].reduce(
      (text, secret) => (secret === '' ? text : text.replaceAll(secret, '*')),
      html,
    ),
  });

  it('does not tell who has an account (user enumeration by text, status and headers)', async () => {
    // Names of one length, so that the length of the page says nothing either.
    const answers = [];
    for (const username of ['alice', 'alicf']) {
      answers.push(seen(await attempt(username, 'not the password'), username));
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.html).toContain('That did not match.');
  });

  /** Guesses until there is a wait, however slow this machine is: each one is twice as long. */
  const guessUntilBraked = async (username: string) => {
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
      const page = await attempt(username, `guess ${attempts}`);
      if (page.status === 429) return { attempts, page };
    }
    throw new Error(`${MAX_ATTEMPTS} guesses at ${username} were looked at`);
  };

  it('makes who guesses wait, also for a name that is nobody’s, and nobody else', async () => {
    for (const username of ['bob', 'nobody']) {
      const { attempts, page } = await guessUntilBraked(username);
      expect(attempts).toBeGreaterThanOrEqual(FREE_ATTEMPTS);
      expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(page.html).toContain('Too many attempts.');
    }
    // Others of the same address sign in.
    expect((await party.authorize()).has('code')).toBe(true);
  });

  it('does not look at the right password either, while there is a wait', async () => {
    for (;;) {
      const form = await party.open();
      const { page } = await guessUntilBraked('bob');
      const untilMs = Date.now() + 1000 * (Number(page.headers.get('retry-after')) - 1);
      const { username, password } = provider.bob;
      const right = await party.browser.submit(form, { username, password });
      // On a machine that took too long for it, once more: the next wait is longer.
      if (Date.now() > untilMs && right.status !== 429) continue;
      expect(seen(right, 'bob').html).toContain('Too many attempts.');
      return;
    }
  });

  it('takes parallel guesses for what they are', async () => {
    const pages = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const browser = new HttpBrowser([provider.issuer]);
        const page = await browser.open(provider.authorizationUrl(party.parameters()));
        return browser.submit(page, { username: 'carol', password: `guess ${i}` });
      }),
    );
    const looked = pages.filter(({ status }) => status !== 429);
    // And two more on a machine so slow that the first waits end meanwhile.
    expect(looked.length).toBeLessThanOrEqual(FREE_ATTEMPTS + 2);
  });
});
