/** `npm run bench`: runs the benchmarks that `--only` names, prints a table, writes JSON if asked. */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { ALGORITHMS } from './access-tokens.js';
import { AS_BENCHES, benchAuthorizationServer } from './as.bench.js';
import { AS_COSTLIER_BENCHES, benchCostlierIssuance } from './as.costlier.bench.js';
import { benchProof, DPOP_BENCH } from './dpop.bench.js';
import { benchDecryption, JWE_BENCH } from './jwe.bench.js';
import { type Measurement } from './measurement.js';
import { benchRoute, ROUTE_BENCHES } from './route.bench.js';
import { benchScale, SCALE_BENCHES } from './scale.bench.js';
import { benchSignIns, HASH_COST, SIGN_IN_BENCHES } from './sign-in.bench.js';
import { benchStartup, STARTUP_BENCHES } from './startup.bench.js';
import { benchVerify, VERIFY_BENCHES } from './verify.bench.js';

const NAMES = [
  ...VERIFY_BENCHES,
  DPOP_BENCH,
  JWE_BENCH,
  ...Object.keys(ROUTE_BENCHES),
  ...Object.keys(AS_BENCHES),
  ...Object.keys(AS_COSTLIER_BENCHES),
  ...Object.keys(SIGN_IN_BENCHES),
  ...STARTUP_BENCHES,
  ...SCALE_BENCHES,
];

const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } });
const wanted = (values.only ?? '').split(',').filter((name) => name !== '');
const unknown = wanted.filter((prefix) => !NAMES.some((name) => matches(name, prefix)));
if (unknown.length > 0) {
  console.error(`no benchmark is called ${unknown.join(', ')}; there are: ${NAMES.join(', ')}`);
  process.exit(2);
}

/** `verify` selects all of its kind, `verify.cached.RS256` one. */
function matches(name: string, prefix: string): boolean {
  return name === prefix || name.startsWith(`${prefix}.`);
}

function selected(name: string): boolean {
  return wanted.length === 0 || wanted.some((prefix) => matches(name, prefix));
}

const { memoryCost, timeCost, parallelism } = HASH_COST;
console.log(
  `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, ` +
    `passwords argon2id m=${memoryCost} KiB t=${timeCost} p=${parallelism}`,
);
const measurements: Measurement[] = [];
const report = (lines: readonly Measurement[]): void => {
  for (const line of lines.filter(({ name }) => selected(name))) {
    measurements.push(line);
    const { name, ours, baseline, against, unit, ratio } = line;
    console.log(
      `${name.padEnd(22)} ${ratio.toFixed(2).padStart(7)} x ${against.padEnd(31)} ` +
        `${ours.toFixed(2).padStart(10)} against ${baseline.toFixed(2).padStart(10)} ${unit}`,
    );
  }
};
for (const algorithm of ALGORITHMS) {
  const names = [`verify.cached.${algorithm}`, `verify.uncached.${algorithm}`];
  if (names.some(selected)) report(await benchVerify(algorithm));
}
if (selected(DPOP_BENCH)) report(await benchProof());
if (selected(JWE_BENCH)) report(await benchDecryption());
for (const name of Object.keys(ROUTE_BENCHES)) if (selected(name)) report(await benchRoute(name));
for (const name of Object.keys(AS_BENCHES)) {
  if (selected(name)) report(await benchAuthorizationServer(name));
}
for (const name of Object.keys(AS_COSTLIER_BENCHES)) {
  if (selected(name)) report(await benchCostlierIssuance(name));
}
for (const name of Object.keys(SIGN_IN_BENCHES)) {
  if (selected(name)) report(await benchSignIns(name));
}
if (STARTUP_BENCHES.some(selected)) report(await benchStartup());
for (const name of SCALE_BENCHES) if (selected(name)) report(await benchScale(name));
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify(measurements, null, 2)}\n`);
}
