/** Redis under many grants: each measured by a program of its own, which reaches into auth-service's storage. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Measurement } from './measurement.js';
import { firstMessage } from './server-process.js';

/** The names that `--only` selects from. */
export const SCALE_BENCHES = ['redis.memory', 'redis.rotation'] as const;

const PROGRAM = fileURLToPath(new URL('./servers/scale.ts', import.meta.url));

/** Fills a Redis and measures it; takes about a minute. */
export function benchScale(name: string): Promise<readonly Measurement[]> {
  const child = fork(PROGRAM, [name], {
    execArgv: [...process.execArgv, '--conditions=@keyward/source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return firstMessage<readonly Measurement[]>(child, PROGRAM);
}
