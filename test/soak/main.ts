/** `npm run soak -- [--minutes 10] [--json FILE]`: both servers at saturation for minutes, and what became of them. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { createClient } from 'redis';
import { TestServers } from '../runner/test-servers.js';
import { type LoadReport } from './load.program.js';
import { SoakWorld } from './soak.world.js';
import { type SoakSample, TOLERANCE, verdictOn } from './verdict.js';

const LOADS = 2;
const SAMPLE_MS = 10_000;
const LOAD = fileURLToPath(new URL('./load.program.ts', import.meta.url));

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, json: { type: 'string' } },
});
const count = Math.round((Number(values.minutes) * 60_000) / SAMPLE_MS);
if (!(count >= 6)) {
  console.error('--minutes takes a number of minutes, at least 1');
  process.exit(2);
}
const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
console.log(`${machine}, ${LOADS} processes of load, a sample every ${SAMPLE_MS / 1000} s`);

const directory = mkdtempSync(join(tmpdir(), 'keyward-soak-'));
// Where root runs it, the user of the embedded PostgreSQL has to pass.
chmodSync(directory, 0o711);
const servers = new TestServers(directory);
const loads: ChildProcess[] = [];
const samples: SoakSample[] = [];
let world: SoakWorld | undefined;
try {
  await servers.start();
  Object.assign(process.env, servers.environment);
  world = await SoakWorld.start();
  for (let i = 0; i < LOADS; i += 1) {
    const load = fork(LOAD, [JSON.stringify(world.place)]);
    loads.push(load);
    await once(load, 'message');
  }
  const started = performance.now();
  // In the beginning, twice on the way, and at the end: a collection stops everything, so no more often.
  const collections = [0, Math.floor(count / 3), Math.floor((2 * count) / 3), count - 1];
  for (let i = 0; i < count; i += 1) {
    await sleep(started + (i + 1) * SAMPLE_MS - performance.now());
    const sample = await take(
      world,
      Math.round((i + 1) * (SAMPLE_MS / 1000)),
      collections.includes(i),
    );
    samples.push(sample);
    tell(sample);
  }
} finally {
  loads.forEach((load) => load.disconnect());
  await world?.stop();
  await servers.stop();
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}
const problems = verdictOn(samples);
if (values.json !== undefined) {
  const report = { machine, tolerance: TOLERANCE, problems, samples };
  writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}
const requests = samples.reduce((sum, sample) => sum + sample.requests, 0);
const outcome = problems.length === 0 ? 'nothing grew, nothing failed, nothing became later' : '';
console.log(`${requests.toLocaleString('en')} requests: ${outcome}${problems.join('; ')}`);
process.exit(problems.length === 0 ? 0 : 1);

async function take(from: SoakWorld, seconds: number, collect: boolean): Promise<SoakSample> {
  const reports = await Promise.all(loads.map(reportOf));
  const latencies = reports
    .flatMap(({ latenciesMs }) => Object.values(latenciesMs).flat())
    .sort((a, b) => a - b);
  const errors = reports.flatMap((report) => report.errors);
  for (const error of new Set(errors)) console.log(`  FAILED ${error.slice(0, 300)}`);
  const vitals = await Promise.all(
    Object.entries(from.servers).map(async ([name, server]) => {
      const { rss: rssBytes, heapUsed, loopDelayP99Ms } = await server.vitals(collect);
      const heap = collect ? { heapBytes: heapUsed } : {};
      return [name, { rssBytes, loopDelayP99Ms, ...heap }] as const;
    }),
  );
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? NaN;
  return {
    ...{
      seconds,
      requests: latencies.length,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      errors: errors.length,
    },
    servers: Object.fromEntries(vitals),
    redisBytes: await redisBytes(),
    ...(await postgresState(from.databaseUrl)),
  };
}

async function reportOf(load: ChildProcess): Promise<LoadReport> {
  const answer = once(load, 'message');
  load.send('report');
  return ((await answer) as [LoadReport])[0];
}

async function redisBytes(): Promise<number> {
  const url = process.env['REDIS_URL'];
  if (url === undefined) return 0;
  const client = await createClient({ url }).connect();
  const info = await client.info('memory');
  await client.close();
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
}

async function postgresState(connectionString: string) {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ connections: string; live: string }>(
      `SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS connections,
              (SELECT coalesce(sum(n_live_tup), 0) FROM pg_stat_user_tables) AS live`,
    );
    const [row] = rows;
    // One of them is this one.
    return {
      postgresConnections: Number(row?.connections) - 1,
      postgresRows: Number(row?.live),
    };
  } finally {
    await client.end();
  }
}

function tell(sample: SoakSample): void {
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(0).padStart(4);
  const parts = Object.entries(sample.servers).map(
    ([name, { rssBytes, heapBytes, loopDelayP99Ms }]) =>
      `${name} ${mib(rssBytes)} MiB${heapBytes === undefined ? '' : ` heap ${mib(heapBytes)}`}, ` +
      `loop ${loopDelayP99Ms.toFixed(0)} ms`,
  );
  const { seconds, requests, p50Ms, p99Ms, errors } = sample;
  console.log(
    `${String(seconds).padStart(4)} s ${String(requests).padStart(7)} requests, p50 ${p50Ms.toFixed(1)} ` +
      `p99 ${p99Ms.toFixed(1)} ms, ${errors} errors | ${parts.join(' | ')} | Redis ${mib(sample.redisBytes)} ` +
      `MiB | PostgreSQL ${sample.postgresConnections} connections, ${sample.postgresRows} rows`,
  );
}
