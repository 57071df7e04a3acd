/** How long each application takes until it answers, and the memory that it has taken then, beside Node.js alone. */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  AUTH_SERVICE,
  authServiceEnvironment,
  startAuthService,
  startStores,
} from './as.server.js';
import { compare, interleave, type Measurement } from './measurement.js';

const ROUNDS = 5;
const WARM_UPS = 1;
const NODE = 'node:http alone';
const BARE = fileURLToPath(new URL('./servers/bare.mjs', import.meta.url));

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
  const measured = (
    name: string,
    file: string,
    environment: (port: number) => Record<string, string>,
    readyPath: string,
  ) => ({
    name,
    run: async () => {
      const port = await freePort();
      const { ms, mebibytes } = await start(file, environment(port), port, readyPath);
      memory.set(name, [...(memory.get(name) ?? []), mebibytes]);
      return ms;
    },
  });
  const environmentOf = environments(stores.directory, stores.port);
  try {
    const figures = await interleave(
      [
        measured(
          'auth-service',
          AUTH_SERVICE,
          (port) => authServiceEnvironment({ ...stores, port }),
          '/health/ready',
        ),
        ...(['orders-service', 'payments-service', 'storefront'] as const).map((name) =>
          measured(name, mainOf(name), (port) => environmentOf(name, port), '/health'),
        ),
        measured(NODE, BARE, (port) => ({ PORT: String(port) }), '/'),
      ],
      ROUNDS,
      WARM_UPS,
    );
    const mebibytes = new Map(
      [...memory].map(([name, list]) => [
        name,
        [...list].sort((a, b) => a - b)[list.length >> 1] ?? NaN,
      ]),
    );
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

/** The program and nothing beside it, until it answers; then it is ended. */
async function start(
  file: string,
  env: Record<string, string>,
  port: number,
  readyPath: string,
): Promise<{ ms: number; mebibytes: number }> {
  const started = performance.now();
  const child = fork(file, { execArgv: [], env: { ...process.env, ...env }, stdio: 'ignore' });
  const ended = once(child, 'exit');
  const answers = () =>
    fetch(`http://127.0.0.1:${port}${readyPath}`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await answers())) {
    if (child.exitCode !== null) throw new Error(`${file} did not start`);
    await sleep(5);
  }
  const ms = performance.now() - started;
  const mebibytes = residentMebibytes(child.pid);
  child.kill();
  await ended;
  return { ms, mebibytes };
}

/** NaN where the system does not tell. */
function residentMebibytes(pid: number | undefined): number {
  if (process.platform !== 'linux') return NaN;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
