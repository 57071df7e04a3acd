/** Starts the built orders-service. */
import { fileURLToPath } from 'node:url';
import { AppProcess } from './app-process.js';
import { freeLoopbackPort } from './free-loopback-port.js';

const MAIN = fileURLToPath(new URL('../../apps/orders-service/dist/main.js', import.meta.url));

/**
 * Starts a resource server on a free loopback port, with itself as the audience, and resolves when it is
 * ready. `env` has the last word: it names the issuer (ORDERS_ISSUER) and the data (ORDERS_FILE).
 */
export async function startOrdersService(
  env: Readonly<Record<string, string>>,
): Promise<AppProcess> {
  const port = env['ORDERS_PORT'] ?? String(await freeLoopbackPort());
  const url = `http://127.0.0.1:${port}`;
  return AppProcess.start({
    args: ['--enable-source-maps', MAIN],
    env: { ORDERS_HOST: '127.0.0.1', ORDERS_PORT: port, ORDERS_AUDIENCE: url, ...env },
    url,
    readyPath: '/health',
  });
}
