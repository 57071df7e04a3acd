/** Preloaded into a process: moves what JavaScript calls the time, when SIGUSR2 says that the file has changed. */
import { readFileSync } from 'node:fs';

const RealDate = Date;
let shiftMs = 0;
const now = () => RealDate.now() + shiftMs;

process.on('SIGUSR2', () => {
  shiftMs = Number(readFileSync(process.env.FAULT_CLOCK_FILE ?? '', 'utf8'));
});

// Timers and performance.now() go on as they are: so they do where an operator sets the clock.
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});
