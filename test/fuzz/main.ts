/** `npm run fuzz -- [--only NAMES] [--count N] [--seed S] [--json FILE] [--keep]`: a million inputs, or so many. */
import { randomInt } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TestServers } from '../runner/test-servers.js';
import { Corpus } from './corpus.js';
import { type FuzzReport, INPUT_BUDGET_MS, runTarget } from './fuzz.run.js';
import { type FuzzTarget } from './fuzz.target.js';
import { TARGETS } from './targets.js';
import { Watchdog } from './watchdog.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string' },
    json: { type: 'string' },
    /** Keeps an input of every outcome that the corpus has none for. */
    keep: { type: 'boolean', default: false },
  },
});
const wanted = (values.only ?? '').split(',').filter((name) => name !== '');
const unknown = wanted.filter((name) => !TARGETS.some((target) => target.name === name));
const count = Number(values.count);
if (unknown.length > 0 || !Number.isSafeInteger(count) || count < 0) {
  const names = TARGETS.map(({ name }) => name).join(', ');
  console.error(`--only takes ${names}; --count takes a number of inputs`);
  process.exit(2);
}
const selected = TARGETS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, --seed ${seed}`);

const directory = mkdtempSync(join(tmpdir(), 'keyward-fuzz-'));
// Where root runs the fuzzers, the user of the embedded PostgreSQL has to pass.
chmodSync(directory, 0o711);
const servers = new TestServers(directory);
const watchdog = new Watchdog(2 * INPUT_BUDGET_MS);
const reports: FuzzReport[] = [];
try {
  await servers.start();
  Object.assign(process.env, servers.environment);
  const shares = selected.reduce((sum, { share }) => sum + share, 0);
  for (const target of selected) {
    const part = Math.round((count * target.share) / shares);
    const report = await runTarget(target, { count: part, seed, progress: watchdog });
    reports.push(report);
    tell(target, report);
  }
} finally {
  await watchdog.stop();
  await servers.stop();
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}
const total = reports.reduce((sum, { inputs }) => sum + inputs, 0);
const found = reports.reduce((sum, { findings }) => sum + findings.length, 0);
console.log(`${total.toLocaleString('en')} inputs, ${found} findings`);
if (values.json !== undefined) {
  const lines = reports.map(({ outcomes, ...rest }) => ({ ...rest, outcomes: outcomes.size }));
  writeFileSync(values.json, `${JSON.stringify({ seed, targets: lines }, null, 2)}\n`);
}
process.exit(found === 0 ? 0 : 1);

function tell(target: FuzzTarget, report: FuzzReport): void {
  const { inputs, seconds, slowestMs, outcomes, findings } = report;
  console.log(
    `${target.name.padEnd(18)} ${inputs.toLocaleString('en').padStart(9)} inputs  ` +
      `${seconds.toFixed(0).padStart(5)} s  slowest ${slowestMs.toFixed(0).padStart(5)} ms  ` +
      `${String(outcomes.size).padStart(4)} outcomes  ${findings.length} findings`,
  );
  const corpus = new Corpus(target.name);
  for (const { problem, input, seed: chunkSeed } of findings) {
    const file = input === null ? '' : corpus.keepFinding({ outcome: problem, input });
    console.log(`  FOUND (chunk seed ${chunkSeed ?? 'corpus'}) ${problem}\n  ${file}`);
    console.log(`  ${JSON.stringify(input).slice(0, 2000)}`);
  }
  if (values.keep) console.log(`  ${corpus.keepOutcomes(outcomes)} new outcomes kept`);
}
