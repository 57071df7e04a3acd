/** A session that its owner ends on the account page is over at a resource server, by the feed. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { signInDemoUser } from './support/demo-sign-in.js';
import { HttpBrowser, type HttpPage } from './support/http-browser.js';
import { Stack } from './support/stack.js';

const PLACES = 5;

/** Far above what is aimed at: the machine may be busy. The figures themselves are printed. */
const BOUND_MS = 2000;

describe('a place that is signed out on the account page', () => {
  let stack: Stack;
  let owner: HttpBrowser;
  beforeAll(async () => {
    stack = await Stack.start();
    for (const end = Date.now() + 20_000; Date.now() < end; await sleep(50)) {
      const health = await fetch(`${stack.orders}/health`);
      if (((await health.json()) as { status: string }).status === 'ready') break;
    }
    owner = new HttpBrowser([stack.issuer]);
  });
  afterAll(() => stack.stop());

  const openPlaces = async (): Promise<HttpPage> => {
    const page = await owner.open(`${stack.issuer}/account/places`);
    if (page.form === null || !('password' in page.form.fields)) return page;
    return owner.submit(page, { username: 'demo', password: stack.password });
  };
  const statusOf = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${stack.orders}/orders`, { headers });
    await response.arrayBuffer();
    return response.status;
  };
  /** From the moment at which the button was pressed. */
  const refusedAfterMs = async (token: string, end: () => Promise<HttpPage>) => {
    expect(await statusOf(token)).toBe(200);
    const start = performance.now();
    const answered = end();
    while ((await statusOf(token)) !== 401) {
      if (performance.now() - start > BOUND_MS) throw new Error('still accepted');
      await sleep(1);
    }
    const elapsed = performance.now() - start;
    expect((await answered).status).toBe(200);
    return elapsed;
  };

  it('loses its access tokens at a running orders-service', async () => {
    const times: number[] = [];
    for (let n = 0; n < PLACES; n += 1) {
      const { token } = await signInDemoUser(stack, new HttpBrowser([stack.issuer]));
      const page = await openPlaces();
      // This browser's own place has no form.
      expect(page.form?.action).toBe(`${stack.issuer}/account/places/end`);
      times.push(await refusedAfterMs(token, () => owner.submit(page)));
    }
    const most = Math.max(...times);
    process.stdout.write(
      `a place that was signed out: refused after ${most.toFixed(1)} ms at most\n`,
    );
  });

  it('loses them too where everything else is signed out at once, and this browser goes on', async () => {
    const here = await signInDemoUser(stack, owner);
    const others = [
      await signInDemoUser(stack, new HttpBrowser([stack.issuer])),
      await signInDemoUser(stack, new HttpBrowser([stack.issuer])),
    ];
    const { form } = await openPlaces();
    const [first, second] = others.map(({ token }) => token);
    await refusedAfterMs(first ?? '', () =>
      owner.post(
        `${stack.issuer}/account/places/end-others`,
        { form_token: form?.fields['form_token'] ?? '' },
        stack.issuer,
      ),
    );
    for (const end = Date.now() + BOUND_MS; Date.now() < end; await sleep(5)) {
      if ((await statusOf(second ?? '')) === 401) break;
    }
    expect(await statusOf(second ?? '')).toBe(401);
    expect(await statusOf(here.token)).toBe(200);
  });
});
