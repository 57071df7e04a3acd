// `npm test`: runs every project's tests on real servers. Arguments go to Nx: `npm test -- -p @keyward/auth`.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const runner = spawn(
  process.execPath,
  [
    '--conditions=@keyward/source',
    '--import=@swc-node/register/esm-register',
    'test/runner/run-tests.ts',
    ...process.argv.slice(2),
  ],
  { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: 'inherit' },
);
// The runner has servers to stop: it decides when a signal has done its work. Ctrl-C it gets by itself.
process.on('SIGINT', () => undefined);
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => runner.kill(signal));
runner.on('exit', (code) => (process.exitCode = code ?? 1));
