/** Runs the projects' tests through Nx with the servers they need, and tells the outcome in one last line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHROMIUM_ADVICE } from '../support/chromium-program.js';
import { runAgain, type SecondRun } from './second-run.js';
import { addUpCounts, clearCounts, readCounts, type TestCounts } from './test-counts.js';
import { REDIS_ADVICE, TestServers } from './test-servers.js';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

// Everything that the run keeps on the disk, also what an interrupted test leaves in its temporary folder.
const directory = mkdtempSync(join(tmpdir(), 'keyward-test-'));
// Where root runs the tests, the user of the embedded PostgreSQL has to pass.
chmodSync(directory, 0o711);
const servers = new TestServers(directory);
let child: ChildProcess | undefined;
let signalExitCode = 0;

for (const [signal, exitCode] of Object.entries(SIGNAL_EXIT_CODES)) {
  process.on(signal, () => {
    signalExitCode = exitCode;
    child?.kill(signal as NodeJS.Signals);
  });
}
process.exitCode = await run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<number> {
  clearCounts(WORKSPACE);
  let exitCode = 1;
  let counts: TestCounts = addUpCounts([]);
  try {
    await servers.start();
    if (signalExitCode === 0) exitCode = await runNx(args);
    counts = addUpCounts(readCounts(WORKSPACE));
    // Who asked for certain tests wants to see what those do.
    const again =
      exitCode !== 0 && args.length === 0 && signalExitCode === 0
        ? await runAgain(WORKSPACE, runFile)
        : null;
    if (again !== null) {
      tellDisturbed(again);
      counts = addUpCounts(again.counts);
      if (counts.failed === 0) exitCode = 0;
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  } finally {
    await servers.stop();
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
  return signalExitCode || report(counts, exitCode);
}

function runNx(args: readonly string[]): Promise<number> {
  const program = createRequire(import.meta.url).resolve('nx/bin/nx.js');
  return runProgram([program, 'run-many', '-t', 'test', ...args], WORKSPACE, {
    // Without its daemon Nx always puts a cached task's outputs back, which were cleared above.
    NX_DAEMON: 'false',
  });
}

function runFile(project: string, file: string): Promise<number> {
  const program = createRequire(import.meta.url).resolve('jest/bin/jest');
  return runProgram([program, '--runInBand', '--runTestsByPath', file], project, {
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
  });
}

async function runProgram(
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
): Promise<number> {
  child = spawn(process.execPath, args, {
    cwd,
    stdio: 'inherit',
    env: {
      ...withoutOwnSettings(process.env),
      ...servers.environment,
      TMPDIR: directory,
      ...env,
    },
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

function tellDisturbed({ disturbed }: SecondRun): void {
  if (disturbed.length === 0) return;
  console.error('\n!!! FAILED BESIDE OTHERS, PASSED ALONE. Each of these is a bug to be mended:');
  for (const file of disturbed) console.error(`!!!   ${relative(WORKSPACE, file)}`);
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
