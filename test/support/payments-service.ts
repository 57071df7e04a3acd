/** Starts the built payments-service. */
import { fileURLToPath } from 'node:url';
import { AppProcess } from './app-process.js';
import { freeLoopbackPort } from './free-loopback-port.js';

const MAIN = fileURLToPath(new URL('../../apps/payments-service/dist/main.js', import.meta.url));

/**
 * Starts it on a free loopback port, with itself as the audience, and resolves when it is ready. `env` has
 * the last word: it names the issuer (PAYMENTS_ISSUER) and the data (PAYMENTS_FILE).
 */
export async function startPaymentsService(
  env: Readonly<Record<string, string>>,
): Promise<AppProcess> {
  const port = env['PAYMENTS_PORT'] ?? String(await freeLoopbackPort());
  const url = `http://127.0.0.1:${port}`;
  return AppProcess.start({
    args: ['--enable-source-maps', MAIN],
    env: { PAYMENTS_HOST: '127.0.0.1', PAYMENTS_PORT: port, PAYMENTS_AUDIENCE: url, ...env },
    url,
    readyPath: '/health',
  });
}
