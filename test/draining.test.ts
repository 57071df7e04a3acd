/** Services that are told to end: readiness goes down first, and nothing else changes until the port closes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AppProcess } from './support/app-process.js';
import { freeLoopbackPort } from './support/free-loopback-port.js';
import { startOrdersService } from './support/orders-service.js';
import { startPaymentsService } from './support/payments-service.js';
import { startStorefront } from './support/storefront.js';

const DRAIN_MS = 2000;

let directory: string;
let issuer: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keyward-draining-'));
  // Nobody is there: a service starts without its issuer, and ends without it.
  issuer = `http://127.0.0.1:${await freeLoopbackPort()}`;
});
afterAll(() => rm(directory, { recursive: true }));

const SERVICES: [string, () => Promise<AppProcess>][] = [
  [
    'orders-service',
    () =>
      startOrdersService({
        ORDERS_ISSUER: issuer,
        ORDERS_FILE: join(directory, 'orders.json'),
        ORDERS_DRAIN_MS: String(DRAIN_MS),
      }),
  ],
  [
    'payments-service',
    () =>
      startPaymentsService({
        PAYMENTS_ISSUER: issuer,
        PAYMENTS_FILE: join(directory, 'payments.jsonl'),
        PAYMENTS_DRAIN_MS: String(DRAIN_MS),
      }),
  ],
  [
    'the storefront',
    async () => {
      const port = String(await freeLoopbackPort());
      return startStorefront(port, {
        STOREFRONT_URL: `http://127.0.0.1:${port}`,
        STOREFRONT_ISSUER: issuer,
        STOREFRONT_CLIENT_SECRET: 'unused',
        STOREFRONT_DRAIN_MS: String(DRAIN_MS),
      });
    },
  ],
];

describe.each(SERVICES)('%s', (_name, start) => {
  it('is alive and not ready while it drains, then ends with code 0', async () => {
    const app = await start();
    const ask = (path: string) => fetch(`${app.url}/health${path}`);
    const status = async (path: string) => (await ask(path)).status;
    expect([await status('/live'), await status('/ready'), await status('')]).toEqual([
      200, 200, 200,
    ]);
    const toldMs = performance.now();
    const ended = app.stop();
    let ready = await ask('/ready');
    // The signal is on its way.
    while (ready.status === 200) {
      await sleep(20);
      ready = await ask('/ready');
    }
    // One that was asked just before the signal is told so, too, and may keep its connection.
    ready = await ask('/ready');
    expect(ready.status).toBe(503);
    expect(ready.headers.get('connection')).toBe('close');
    expect(ready.headers.get('cache-control')).toBe('no-store');
    expect(await ready.json()).toEqual({ status: 'draining' });
    expect(await status('/live')).toBe(200);
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - toldMs).toBeGreaterThanOrEqual(DRAIN_MS);
    await expect(status('/live')).rejects.toThrow('fetch failed');
  });
});
