/** Runs the projects' tests through Nx with the servers they need, and tells the outcome in one last line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHROMIUM_ADVICE } from '../support/chromium-program.js';
import { addUpCounts, clearCounts, type TestCounts } from './test-counts.js';
import { REDIS_ADVICE, TestServers } from './test-servers.js';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

// Everything that the run keeps on the disk, also what an interrupted test leaves in its temporary folder.
const directory = mkdtempSync(join(tmpdir(), 'keyward-test-'));
// Where root runs the tests, the user of the embedded PostgreSQL has to pass.
chmodSync(directory, 0o711);
const servers = new TestServers(directory);
let nx: ChildProcess | undefined;
let signalExitCode = 0;

for (const [signal, exitCode] of Object.entries(SIGNAL_EXIT_CODES)) {
  process.on(signal, () => {
    signalExitCode = exitCode;
    nx?.kill(signal as NodeJS.Signals);
  });
}
process.exitCode = await run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<number> {
  clearCounts(WORKSPACE);
  let nxExitCode = 1;
  try {
    await servers.start();
    if (signalExitCode === 0) nxExitCode = await runNx(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  } finally {
    await servers.stop();
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
  return signalExitCode || report(addUpCounts(WORKSPACE), nxExitCode);
}

async function runNx(args: readonly string[]): Promise<number> {
  const program = createRequire(import.meta.url).resolve('nx/bin/nx.js');
  nx = spawn(process.execPath, [program, 'run-many', '-t', 'test', ...args], {
    cwd: WORKSPACE,
    stdio: 'inherit',
    env: {
      ...withoutOwnSettings(process.env),
      ...servers.environment,
      TMPDIR: directory,
      // Without its daemon Nx always puts a cached task's outputs back, which were cleared above.
      NX_DAEMON: 'false',
    },
  });
  const [code] = (await once(nx, 'close')) as [number | null];
  return code ?? 1;
}

/** What only {@link TestServers} may say: an inherited value would leave suites out unseen. */
function withoutOwnSettings({ ...environment }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  delete environment['KEYWARD_TEST_WITHOUT_REDIS'];
  return environment;
}

function report(counts: TestCounts, nxExitCode: number): number {
  const { passed, skipped, skippedSuites } = counts;
  let { failed } = counts;
  if (nxExitCode !== 0 && failed === 0) {
    console.error('A task failed that is no test, or could not begin. It counts as one failure.');
    failed = 1;
  }
  if (passed + failed === 0) console.error('No test ran.');
  const leftOut = (ending: string) => skippedSuites.filter((title) => title.includes(ending));
  if (!servers.hasRedis) warn('Redis', REDIS_ADVICE, leftOut('(real Redis)'));
  warn('Chromium', CHROMIUM_ADVICE, leftOut('(real Chromium)'));
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return nxExitCode !== 0 || failed > 0 || passed === 0 ? 1 : 0;
}

function warn(program: string, advice: string, titles: readonly string[]): void {
  if (titles.length === 0) return;
  console.error(`\n!!! NOT TESTED, because there is no ${program} on this machine. ${advice}`);
  for (const title of titles) console.error(`!!!   ${title}`);
}
