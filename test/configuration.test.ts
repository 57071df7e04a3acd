/** A service whose configuration is wrong says everything that is wrong with it, and ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts a service by its name, and waits for its end. */
async function endOf(service: string, environment: Readonly<Record<string, string>>) {
  const main = fileURLToPath(new URL(`../apps/${service}/dist/main.js`, import.meta.url));
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [main], { env: { PATH, HOME, ...environment } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

describe('a configuration with problems', () => {
  it.each([
    ['auth-service', 'AUTH', 'AUTH_KEY_ENCRYPTION_KEY'],
    ['orders-service', 'ORDERS', 'ORDERS_CLIENT_SECRET'],
    ['payments-service', 'PAYMENTS', 'PAYMENTS_CLIENT_SECRET'],
    ['storefront', 'STOREFRONT', 'STOREFRONT_CLIENT_SECRET'],
  ])('ends the start of %s, which names every one of them', async (service, prefix, secret) => {
    const { code, output } = await endOf(service, {
      [`${prefix}_PORT`]: 'sesame',
      [`${prefix}_ISSUER`]: 'sesame.example',
      [`${prefix}_TRACE_RATIO`]: '2',
      [`${secret}_FILE`]: '/nowhere/secret',
    });
    expect(code).toBe(1);
    for (const name of [`${prefix}_PORT`, `${prefix}_ISSUER`, `${prefix}_TRACE_RATIO`]) {
      expect(output).toContain(`- ${name} must be`);
    }
    expect(output).toContain(`- ${secret}_FILE cannot be read: ENOENT`);
    // Neither what was wrong nor where in the program it was found.
    expect(output).not.toContain('sesame');
    expect(output).not.toMatch(/^\s+at /m);
  });
});
