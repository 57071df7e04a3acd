/** `npm run faults [-- --only NAMES] [--json FILE] [--write FILE]`: ends with 1 where a promise is broken. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FAULTS } from './fault.list.js';
import { type FaultReport } from './fault.report.js';
import { runFault } from './fault.run.js';
import { lineOf, writeTable } from './fault.table.js';
import { MixedLoad } from './load/mixed.load.js';
import { FaultWorld } from './world/fault.world.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'string' },
    output: { type: 'string' },
  },
});
const wanted = (values.only ?? '').split(',').filter((name) => name !== '');
const unknown = wanted.filter((start) => !FAULTS.some(({ name }) => name.startsWith(start)));
if (unknown.length > 0) {
  const names = FAULTS.map(({ name }) => name).join(', ');
  console.error(`no fault is called ${unknown.join(', ')}; there are: ${names}`);
  process.exit(2);
}
const chosen = FAULTS.filter(
  ({ name }) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)),
);

const reports: FaultReport[] = [];
const world = await FaultWorld.start();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void world.stop().finally(() => process.exit(130)));
}
try {
  const load = await MixedLoad.start(world);
  try {
    for (const fault of chosen) {
      const report = await runFault(fault, world, load);
      reports.push(report);
      console.log(lineOf(report));
      // Each time, so that a run that is broken off has not been for nothing.
      if (values.json !== undefined) {
        writeFileSync(values.json, `${JSON.stringify(reports, null, 2)}\n`);
      }
      if (values.write !== undefined) writeTable(values.write, reports);
    }
  } finally {
    await load.stop();
  }
} finally {
  // What auth-service and the resource servers said, for whoever looks into a broken promise.
  if (values.output !== undefined) writeFileSync(values.output, world.output);
  await world.stop();
}
process.exitCode = reports.some(({ broken }) => broken.length > 0) ? 1 : 0;
