// `npm start`: builds and runs auth-service, the resource servers and the storefront until Ctrl-C, and says how
// to try them.
import { fileURLToPath } from 'node:url';
import { build } from './start/build.mjs';
import { demoSecrets } from './start/demo-secrets.mjs';
import { assertPortFree } from './start/free-port.mjs';
import { instructions } from './start/instructions.mjs';
import { ServiceProcess } from './start/service-process.mjs';
import { settingsFrom } from './start/settings.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const abort = new AbortController();
const services = [];
let stopped;

const say = (line) => process.stdout.write(`${line}\n`);

// The resource server first: it depends on the other, never the other way round.
function stop() {
  abort.abort();
  stopped ??= (async () => {
    for (const service of [...services].reverse()) await service.stop();
  })();
  return stopped;
}

async function launch({ name, url }, env, probe) {
  abort.signal.throwIfAborted();
  const entry = `apps/${name}/dist/main.js`;
  const service = new ServiceProcess({ name, entry, cwd: root, env });
  services.push(service);
  await service.ready(`${url}${probe}`, (seconds) => say(`... waiting for ${name}, ${seconds} s`));
}

async function run() {
  const settings = settingsFrom(process.env, root);
  const { auth, orders, payments, storefront, environment } = settings;
  const all = [auth, orders, payments, storefront];
  for (const [index, { port, portVariable }] of all.entries()) {
    const other = all.slice(0, index).find((service) => service.port === port);
    if (other === undefined) continue;
    throw new Error(
      `${other.portVariable} and ${portVariable} are both ${port}: choose two ports.`,
    );
  }
  for (const service of all) await assertPortFree(service);

  say('Building (the first time takes a while) ...');
  const applications = ['auth-service', 'orders-service', 'payments-service', 'storefront'];
  await build(
    root,
    applications.map((name) => `@keyward/${name}`),
    abort.signal,
  );

  const secrets = demoSecrets(settings.dataDirectory, process.env);
  say('Starting auth-service (the first start creates its database) ...');
  await launch(auth, { ...environment, ...secrets }, '/health/ready');
  say('Starting payments-service ...');
  const paymentsSecret = { PAYMENTS_CLIENT_SECRET: secrets.KEYWARD_PAYMENTS_SERVICE_SECRET };
  await launch(payments, { ...environment, ...paymentsSecret }, '/health');
  say('Starting orders-service ...');
  const ordersSecret = { ORDERS_CLIENT_SECRET: secrets.KEYWARD_ORDERS_SERVICE_SECRET };
  await launch(orders, { ...environment, ...ordersSecret }, '/health');
  say('Starting the storefront ...');
  const storefrontSecret = { STOREFRONT_CLIENT_SECRET: secrets.KEYWARD_STOREFRONT_SECRET };
  await launch(storefront, { ...environment, ...storefrontSecret }, '/health');
  say(instructions(settings, secrets));

  const [service, reason] = await Promise.race(
    services.map(async (service) => [service, await service.ended]),
  );
  if (stopped === undefined) throw service.failure(reason);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (stopped === undefined) say('\nStopping ...');
    void stop();
  });
}
// Who ends npm by SIGTERM or SIGKILL ends its shell, and that passes no signal on: its absence is one.
if (process.env.npm_lifecycle_event === 'start') {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || stop(), 500).unref();
}
process.on('exit', () => services.forEach((service) => service.signalNow()));

try {
  await run();
} catch (error) {
  // A stop that was asked for interrupts whatever was under way: that is no failure.
  if (stopped === undefined) {
    process.exitCode = 1;
    await stop();
    process.stderr.write(`\n${error.message}\n`);
  }
}
await stop();
