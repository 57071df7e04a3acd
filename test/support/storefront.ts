/** Starts the built storefront. */
import { fileURLToPath } from 'node:url';
import { AppProcess } from './app-process.js';

const MAIN = fileURLToPath(new URL('../../apps/storefront/dist/main.js', import.meta.url));

/** Starts it on a loopback port, and resolves when it is ready; `env` says where everything else is. */
export function startStorefront(
  port: string,
  env: Readonly<Record<string, string>>,
): Promise<AppProcess> {
  const url = `http://127.0.0.1:${port}`;
  return AppProcess.start({
    args: ['--enable-source-maps', MAIN],
    env: { STOREFRONT_HOST: '127.0.0.1', STOREFRONT_PORT: port, ...env },
    url,
    readyPath: '/health',
  });
}
