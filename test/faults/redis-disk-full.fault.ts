/** Redis cannot write its append-only file any more, and so takes no writes. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from '@keyward/auth-service/testing';
import { type Fault, NEEDS_REDIS } from './fault.js';

export const redisDiskFull: Fault = {
  name: 'redis-disk-full',
  what: 'every write of the append-only file fails for 6 s (file size limit of 1 byte, by prlimit)',
  promise:
    'what would write answers 503 with Retry-After; revocation is accepted; no restart is needed',
  mayWait: NEEDS_REDIS,
  feltBy: ['refresh'],
  inflict: async ({ world, broken }) => {
    limitFileSize(world.redis.pid, '1');
    await sleep(6000);
    const persistence = await command(world.redis, ['INFO', 'persistence']);
    if (!persistence.includes('aof_last_write_status:err')) broken('Redis wrote all the same');
    limitFileSize(world.redis.pid, 'unlimited');
  },
};

/** The soft limit alone: lifting it again takes no privilege. */
function limitFileSize(pid: number, bytes: string): void {
  execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:unlimited`]);
}
