// Preloaded into a server: tells its parent what it holds and how late its event loop is.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

process.on('message', ({ collect }) => {
  // Twice: what a finalizer holds is gone only after the second.
  if (collect) [1, 2].forEach(() => globalThis.gc());
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ rss, heapUsed, loopDelayP99Ms: delay.percentile(99) / 1e6 });
  delay.reset();
});
// Without its parent a server has no purpose.
process.on('disconnect', () => process.exit(0));
