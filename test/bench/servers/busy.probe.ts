/** Tells the parent process how long this one's event loop has worked; also preloaded into programs. */
import { readFileSync } from 'node:fs';

// The main thread's id is the process's. The first number is how long it ran, in nanoseconds; the
// second, how long it stood in line for a core, which on a machine that is shared says nothing of it.
const SCHEDULE = `/proc/self/task/${process.pid}/schedstat`;

/** CPU time of the event loop's thread; where the system does not tell, the time the loop was busy. */
function workedMs(): number {
  if (process.platform !== 'linux') return performance.eventLoopUtilization().active;
  return Number(readFileSync(SCHEDULE, 'utf8').split(' ', 1)[0]) / 1e6;
}

process.on('message', () => process.send?.({ busyMs: workedMs() }));
// Without its parent a server has no purpose.
process.on('disconnect', () => process.exit(0));
