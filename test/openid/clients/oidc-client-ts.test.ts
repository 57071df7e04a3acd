import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type BrowserPage, openPage, signIn } from '../../support/browser-page.js';
import { describeWithChromium } from '../../support/chromium.js';
import { ClientServer } from '../../support/client-server.js';
import { OpenIdProvider } from '../../support/openid-provider.js';
import { declare } from '../../support/openid-provider.clients.js';

// The bundle for browsers, which the package does not export, beside the one that it does.
const LIBRARY = readFileSync(
  join(
    dirname(createRequire(import.meta.url).resolve('oidc-client-ts')),
    '../browser/oidc-client-ts.min.js',
  ),
  'utf8',
);

/** What the page says of the person. */
interface User {
  readonly expired: boolean;
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly profile: { readonly sub: string; readonly name?: string; readonly sid: string };
}

describeWithChromium('oidc-client-ts, in a page of another origin', (browser) => {
  let provider: OpenIdProvider;
  let spa: ClientServer;
  let stranger: ClientServer;
  let tab: BrowserPage;
  beforeAll(async () => {
    spa = await ClientServer.start();
    stranger = await ClientServer.start();
    const registration = (id: string, grantTypes: readonly string[]) => ({
      ...declare({
        id,
        method: 'none',
        secret: '',
        redirectUri: `${spa.origin}/callback`,
        postLogoutRedirectUri: `${spa.origin}/signed-out`,
      }),
      grant_types: grantTypes,
      scope: grantTypes.length > 1 ? 'openid profile offline_access' : 'openid profile',
      redirect_uris: [`${spa.origin}/callback`, `${spa.origin}/silent`],
      allowed_cors_origins: [spa.origin],
      refresh_profile: 'spa',
      // An http page on loopback could be any program: only one of the house is answered unseen.
      first_party: true,
    });
    provider = await OpenIdProvider.start({
      clients: [
        registration('spa', ['authorization_code', 'refresh_token']),
        registration('spa-without-refresh', ['authorization_code']),
      ],
      environment: { AUTH_CORS_ORIGINS: 'https://docs.example.com' },
    });
    spa.show('/', application());
    spa.show(
      '/callback',
      application('manager.signinCallback().then(() => location.replace("/"))'),
    );
    spa.show('/silent', application('manager.signinSilentCallback()'));
    spa.show('/signed-out', application());
  });
  afterAll(async () => {
    await provider.stop();
    await stranger.stop();
    await spa.stop();
  });
  beforeEach(async () => {
    tab = await openPage(browser());
  });
  afterEach(() => tab.close());

  function application(work = ''): string {
    const settings = {
      authority: provider.issuer,
      redirect_uri: `${spa.origin}/callback`,
      silent_redirect_uri: `${spa.origin}/silent`,
      post_logout_redirect_uri: `${spa.origin}/signed-out`,
      loadUserInfo: true,
      automaticSilentRenew: false,
    };
    return `<!doctype html><title>Single-page shop</title><h1>Single-page shop</h1>
      <script>${LIBRARY}</script>
      <script>
        const client_id = localStorage.getItem('client') ?? 'spa';
        const manager = new oidc.UserManager({ ...${JSON.stringify(settings)}, client_id });
        ${work}
      </script>`;
  }

  const run = <T>(expression: string): Promise<T> => tab.page.evaluate<T>(expression);
  const enter = async (scope: string, client = 'spa'): Promise<User> => {
    const { page } = tab;
    await page.goto(spa.origin);
    await run(`localStorage.setItem('client', '${client}')`);
    await page.reload();
    void run(`void manager.signinRedirect({ scope: '${scope}' })`);
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await signIn(page, provider.alice);
    await page.waitForURL(`${spa.origin}/`);
    return run<User>('manager.getUser()');
  };

  it('signs a person in, by code and PKCE, and asks who it is', async () => {
    const user = await enter('openid profile');
    expect(user.profile).toMatchObject({ sub: provider.alice.accountId, name: 'alice Example' });
    expect(tab.complaints).toEqual([]);
  });

  it('renews in a hidden frame, unseen, as long as the session lasts', async () => {
    const before = await enter('openid', 'spa-without-refresh');
    expect(before.refresh_token).toBeUndefined();
    const after = await run<User>('manager.signinSilent()');
    expect(after.access_token).not.toBe(before.access_token);
    expect(after.profile).toMatchObject({ sub: before.profile.sub, sid: before.profile.sid });
    expect(tab.complaints).toEqual([]);

    await tab.page.context().clearCookies();
    const refusal = await run('manager.signinSilent().catch(({ error }) => error)');
    expect(refusal).toBe('login_required');
  });

  it('renews by its refresh token where it has one, and keeps the one that replaces it', async () => {
    const before = await enter('openid offline_access');
    // No session is needed for that.
    await tab.page.context().clearCookies();
    const once = await run<User>('manager.signinSilent()');
    const twice = await run<User>('manager.signinSilent()');
    const [first, second, third] = [before, once, twice].map((user) => user.refresh_token);
    expect(new Set([first, second, third]).size).toBe(3);
    expect(twice.profile).toMatchObject({ sub: before.profile.sub, sid: before.profile.sid });
    expect(tab.complaints).toEqual([]);
  });

  it('signs the person out, here and at the provider', async () => {
    await enter('openid', 'spa-without-refresh');
    void run('void manager.signoutRedirect()');
    await tab.page.waitForURL(`${spa.origin}/signed-out`);
    expect(await run('manager.getUser()')).toBeNull();
    const refusal = await run('manager.signinSilent().catch(({ error }) => error)');
    expect(refusal).toBe('login_required');
  });

  it('cannot be served from another origin: its code is nobody else’s to redeem', async () => {
    stranger.show('/', application());
    await tab.page.goto(stranger.origin);
    const outcome = await run<string>(`fetch('${provider.issuer}/oauth2/token', {
      method: 'POST', body: new URLSearchParams({ grant_type: 'authorization_code', client_id: 'spa',
        code: 'x', redirect_uri: '${spa.origin}/callback', code_verifier: '${'v'.repeat(43)}' })
    }).then(() => 'readable', () => 'not readable')`);
    expect(outcome).toBe('not readable');
    expect(tab.complaints.join()).toContain('CORS');
  });
});
