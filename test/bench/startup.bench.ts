/** How long each application takes until it answers, and the memory that it has taken then, beside Node.js alone. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startAuthService, startStores } from './as.server.js';
import { compare, interleave, type Measurement } from './measurement.js';
import { ServerProcess } from './server-process.js';

const ROUNDS = 5;
const WARM_UPS = 1;
const NODE = 'node:http alone';

/** The names that `--only` selects from; both of an application come from the same run. */
export const STARTUP_BENCHES = [
  'auth-service',
  'orders-service',
  'payments-service',
  'storefront',
].flatMap((name) => [`startup.${name}`, `memory.${name}`]);

/** Starts all of them in turn. */
export async function benchStartup(): Promise<readonly Measurement[]> {
  const stores = await startStores();
  // Whom the others ask for keys.
  const issuer = await startAuthService(stores);
  const memory = new Map<string, number[]>();
  const measured = (name: string, start: () => Promise<ServerProcess>) => ({
    name,
    run: async () => {
      const started = performance.now();
      const server = await start();
      const ms = performance.now() - started;
      memory.set(name, [...(memory.get(name) ?? []), server.residentMebibytes]);
      await server.stop();
      return ms;
    },
  });
  const environmentOf = environments(stores.directory, stores.port);
  try {
    const figures = await interleave(
      [
        measured('auth-service', async () =>
          startAuthService({ ...stores, port: await freePort() }),
        ),
        ...(['orders-service', 'payments-service', 'storefront'] as const).map((name) =>
          measured(name, async () => {
            const port = await freePort();
            return ServerProcess.forkProgram(
              mainOf(name),
              environmentOf(name, port),
              port,
              '/health',
            );
          }),
        ),
        measured(NODE, async () => {
          const port = await freePort();
          const program = fileURLToPath(new URL('./servers/bare.mjs', import.meta.url));
          return ServerProcess.forkProgram(program, { PORT: String(port) }, port, '/');
        }),
      ],
      ROUNDS,
      WARM_UPS,
    );
    const mebibytes = new Map([...memory].map(([name, list]) => [name, list.at(-1) ?? NaN]));
    return [...figures.keys()]
      .filter((name) => name !== NODE)
      .flatMap((name) => [
        ...compare(`startup.${name}`, only(figures, name), name, 'ms'),
        ...compare(`memory.${name}`, only(mebibytes, name), name, 'MiB'),
      ]);
  } finally {
    await issuer.stop();
    stores.stop();
  }
}

function only(figures: ReadonlyMap<string, number>, name: string): ReadonlyMap<string, number> {
  return new Map([...figures].filter(([each]) => each === name || each === NODE));
}

function mainOf(name: string): string {
  return fileURLToPath(new URL(`../../apps/${name}/dist/main.js`, import.meta.url));
}

function environments(directory: string, issuerPort: number) {
  const issuer = `http://127.0.0.1:${issuerPort}`;
  return (name: 'orders-service' | 'payments-service' | 'storefront', port: number) => {
    const prefix = name.replace('-service', '').toUpperCase();
    return {
      [`${prefix}_PORT`]: String(port),
      [`${prefix}_ISSUER`]: issuer,
      [`${prefix}_FILE`]: join(directory, `${name}-${randomBytes(4).toString('hex')}`),
      ...(name === 'storefront' && {
        ...{ STOREFRONT_URL: `http://127.0.0.1:${port}`, STOREFRONT_CLIENT_SECRET: 'unused' },
      }),
    };
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
