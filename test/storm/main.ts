/** `npm run storm [-- --rounds 20 --clients 200]`: the long storm; ends with 1 where a grant was lost or revived. */
import { parseArgs } from 'node:util';
import { runStorm } from './storm.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    clients: { type: 'string', default: '200' },
  },
});
const report = await runStorm({
  clients: Number(values.clients),
  rounds: Number(values.rounds),
  calmMs: 2500,
  log: (line) => console.log(line),
});
console.log(report);
process.exitCode = report.violations.length > 0 ? 1 : 0;
