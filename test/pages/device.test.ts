import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { type Page } from 'playwright-core';
import { type BrowserPage, openPage, signIn } from '../support/browser-page.js';
import { describeWithChromium } from '../support/chromium.js';
import { SignInStack } from '../support/sign-in-stack.js';
import { expectWellMade } from '../support/well-made-page.js';

const SCOPE = 'openid profile offline_access orders:read orders:write';

describeWithChromium('a device', (browser) => {
  let stack: SignInStack;
  let device: client.Configuration;
  let tab: BrowserPage | undefined;
  beforeAll(async () => {
    stack = await SignInStack.start();
    device = await client.discovery(new URL(stack.issuer), 'television', undefined, client.None(), {
      execute: [client.allowInsecureRequests],
    });
  });
  afterAll(() => stack.stop());
  afterEach(() => tab?.close());

  const open = async (options: Parameters<typeof openPage>[1]) => {
    tab = await openPage(browser(), options);
    return tab.page;
  };
  const begin = () => client.initiateDeviceAuthorization(device, { scope: SCOPE });
  const confirm = async (page: Page, url: string | undefined, code?: string) => {
    await page.goto(url ?? '');
    await signIn(page, stack);
    if (code !== undefined) await page.getByLabel('Code').fill(code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Harbour TV on another device' }).waitFor();
  };

  it('is let in by openid-client and a person without JavaScript', async () => {
    const codes = await begin();
    const granted = client.pollDeviceAuthorizationGrant(device, codes);
    const page = await open({ javaScriptEnabled: false });
    await confirm(page, codes.verification_uri, codes.user_code.toLowerCase().replace('-', ' '));
    await page.getByLabel(`My device is in front of me and shows ${codes.user_code}`).check();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('heading', { name: 'Your device is connected' }).waitFor();
    const tokens = await granted;
    expect(tokens.claims()).toMatchObject({ iss: stack.issuer, aud: 'television' });
    expect(tokens.scope).toBe(SCOPE);
    expect(decodeJwt(tokens.access_token)['client_id']).toBe('television');
    const refreshed = await client.refreshTokenGrant(device, tokens.refresh_token ?? '');
    expect(refreshed.access_token).not.toBe(tokens.access_token);
    expect(tab?.complaints).toEqual([]);
  });

  it('is told of a denial, for which no codes have to be compared', async () => {
    const codes = await begin();
    const denied = client.pollDeviceAuthorizationGrant(device, codes);
    const rejection = expect(denied).rejects.toMatchObject({ error: 'access_denied' });
    const page = await open({});
    await confirm(page, codes.verification_uri_complete);
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByRole('heading', { name: 'Access was denied' }).waitFor();
    await rejection;
  });

  it('is not let in by a browser before the codes are compared', async () => {
    const codes = await begin();
    const page = await open({});
    await confirm(page, codes.verification_uri_complete);
    await page.getByRole('button', { name: 'Allow' }).click();
    // The browser itself asks for the tick; the server would, too.
    await page.getByRole('heading', { name: 'Harbour TV on another device' }).waitFor();
    expect(await page.locator('input:invalid').count()).toBe(1);
  });

  it('has pages that are well made', async () => {
    const codes = await begin();
    const page = await open({ bypassCSP: true });
    await page.goto(codes.verification_uri_complete ?? '');
    await signIn(page, stack);
    await page.getByRole('heading', { name: 'Connect a device' }).waitFor();
    await expectWellMade(page, 'device');
    await page.getByLabel('Code').fill('BBBB-BBBB');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('No device waits for that code.').waitFor();
    await expectWellMade(page, 'device-unknown');
    await page.getByLabel('Code').fill(codes.user_code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Harbour TV on another device' }).waitFor();
    await expectWellMade(page, 'device-confirmation');
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('heading', { name: 'Your device is connected' }).waitFor();
    await expectWellMade(page, 'device-done');
    await page.goto(`${stack.issuer}/device/${'x'.repeat(43)}`);
    await expectWellMade(page, 'device-gone');
  });
});
