/** From an order that orders-service refuses to one that it takes: in one browser (RFC 9470). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { type AppProcess } from '../support/app-process.js';
import { codeOfApp } from '../support/authenticator-app.js';
import { type BrowserPage, openPage, signIn } from '../support/browser-page.js';
import { describeWithChromium } from '../support/chromium.js';
import { startOrdersService } from '../support/orders-service.js';
import {
  type AuthorizationParameters,
  CODE_VERIFIER,
  ORDERS_RESOURCE,
  SignInStack,
} from '../support/sign-in-stack.js';

const MFA_ACR = 'urn:keyward:acr:mfa';
const SCOPE = 'openid orders:read orders:write';
const ORDER = { currency: 'EUR', items: [{ sku: 'KEY-1', quantity: 1, unit_price_minor: 250 }] };

describeWithChromium('a step-up', (browser) => {
  let stack: SignInStack;
  let folder: string;
  let orders: AppProcess;
  let tab: BrowserPage;
  let recoveryCodes: readonly string[];
  beforeAll(async () => {
    stack = await SignInStack.start();
    folder = await mkdtemp(join(tmpdir(), 'keyward-step-up-'));
    orders = await startOrdersService({
      ORDERS_ISSUER: stack.issuer,
      ORDERS_AUDIENCE: ORDERS_RESOURCE,
      ORDERS_FILE: join(folder, 'orders.json'),
    });
    tab = await openPage(browser());
    // Two processes and a browser.
  }, 90_000);
  afterAll(async () => {
    await tab.close();
    await orders.stop();
    await stack.stop();
    await rm(folder, { recursive: true });
  });

  const send = (parameters: AuthorizationParameters = {}, { page } = tab) =>
    page.goto(stack.authorizationUrl({ client_id: 'house', scope: SCOPE, ...parameters }));
  const heading = (name: string, { page } = tab) =>
    page.getByRole('heading', { level: 1, name }).waitFor();

  /** Waits for the browser to come back, and gets what the client gets. */
  async function redeem(): Promise<string> {
    await tab.page.getByText('arrived').waitFor();
    const response = await fetch(`${stack.issuer}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'house',
        code: new URL(tab.page.url()).searchParams.get('code') ?? '',
        redirect_uri: `${stack.client.origin}/callback`,
        code_verifier: CODE_VERIFIER,
      }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  }

  const ask = (token: string, method: string, body?: object) =>
    fetch(`${orders.url}/orders`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  const count = async (token: string) => ((await (await ask(token, 'GET')).json()) as []).length;

  /** What the challenge says that the client has to ask for, word by word. */
  async function refusal(token: string): Promise<AuthorizationParameters> {
    const response = await ask(token, 'DELETE');
    expect(response.status).toBe(401);
    const challenge = response.headers.get('www-authenticate')?.split(', DPoP')[0] ?? '';
    const said = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    expect(said['error']).toBe('insufficient_user_authentication');
    const { acr_values = '', max_age = '' } = said;
    return { acr_values, max_age };
  }

  /** The same person enrols at another browser: this one's session knows nothing of it. */
  async function enrolElsewhere(): Promise<string> {
    const elsewhere = await openPage(browser());
    await send({ acr_values: MFA_ACR }, elsewhere);
    await signIn(elsewhere.page, stack);
    await heading('Set up a second step', elsewhere);
    const key = await elsewhere.page.locator('code.secret').innerText();
    await elsewhere.page.getByLabel('Code that the app shows').fill(codeOfApp(key));
    await elsewhere.page.keyboard.press('Enter');
    await heading('Keep your recovery codes', elsewhere);
    recoveryCodes = await elsewhere.page.locator('.codes code').allInnerTexts();
    await elsewhere.close();
    return key;
  }

  it('asks for the factor that is missing, not for the password, and the next call is accepted', async () => {
    await send();
    await signIn(tab.page, stack);
    const first = await redeem();
    expect(decodeJwt(first)).toMatchObject({ acr: 'urn:keyward:acr:password', amr: ['pwd'] });
    expect((await ask(first, 'POST', ORDER)).status).toBe(201);
    const key = await enrolElsewhere();

    const asked = await refusal(first);
    expect(asked).toEqual({ acr_values: `${MFA_ACR} urn:keyward:acr:phr`, max_age: '300' });
    expect(await count(first)).toBe(1);
    await send(asked);
    await heading('Confirm that it is you');
    expect(await tab.page.getByLabel('Password').count()).toBe(0);
    await tab.page.getByLabel('Code of your authenticator app').fill(codeOfApp(key, 1));
    await tab.page.keyboard.press('Enter');

    const second = await redeem();
    const claims = decodeJwt(second);
    expect(claims).toMatchObject({ acr: MFA_ACR, amr: ['pwd', 'otp', 'mfa'] });
    expect(claims['auth_time']).toBeGreaterThanOrEqual(decodeJwt(first)['auth_time'] as number);
    expect((await ask(second, 'DELETE')).status).toBe(204);
    expect(await count(second)).toBe(0);
  }, 90_000);

  it('asks again, for everything, where the sign-in is too long ago', async () => {
    await stack.ageSignIns(400);
    await send();
    const old = await redeem();
    expect(decodeJwt(old)['acr']).toBe(MFA_ACR);
    expect((await ask(old, 'POST', ORDER)).status).toBe(201);

    await send(await refusal(old));
    await tab.page.getByLabel('Password').fill(stack.password);
    await tab.page.keyboard.press('Enter');
    await heading('Confirm that it is you');
    await tab.page.getByRole('link', { name: 'Use a recovery code' }).click();
    await tab.page.getByLabel('One of your recovery codes').fill(recoveryCodes[0] ?? '');
    await tab.page.keyboard.press('Enter');
    await heading('A recovery code is used up');
    await tab.page.getByRole('link', { name: 'Continue' }).click();

    const recent = await redeem();
    expect(decodeJwt(recent)['auth_time']).toBeGreaterThan(Date.now() / 1000 - 100);
    expect((await ask(recent, 'DELETE')).status).toBe(204);
    expect(await count(recent)).toBe(0);
  }, 90_000);
});
