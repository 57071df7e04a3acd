/** Starts the built auth-service. */
import { fileURLToPath } from 'node:url';
import { AppProcess } from './app-process.js';
import { freeLoopbackPort } from './free-loopback-port.js';

const MAIN = fileURLToPath(new URL('../../apps/auth-service/dist/main.js', import.meta.url));

/**
 * Starts an authorization server on a free loopback port, with itself as the issuer, and resolves when it is
 * ready. `env` has the last word: DATABASE_URL and KEYWARD_DATA_DIR in it keep it off other data.
 */
export async function startAuthService(
  env: Readonly<Record<string, string>>,
  readyWithinMs?: number,
): Promise<AppProcess> {
  const port = env['AUTH_PORT'] ?? String(await freeLoopbackPort());
  const scheme = env['AUTH_TLS_CERT_FILE'] === undefined ? 'http' : 'https';
  const url = `${scheme}://127.0.0.1:${port}`;
  return AppProcess.start({
    args: ['--enable-source-maps', MAIN],
    env: { AUTH_HOST: '127.0.0.1', AUTH_PORT: port, AUTH_ISSUER: url, ...env },
    url,
    readyPath: '/health/ready',
    ...(readyWithinMs !== undefined && { readyWithinMs }),
  });
}
