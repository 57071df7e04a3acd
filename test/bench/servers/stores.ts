/** A private PostgreSQL and Redis for the benchmarks of the authorization server. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestServers } from '../../runner/test-servers.js';
import { freeLoopbackPort } from '../../support/free-loopback-port.js';

const directory = mkdtempSync(join(tmpdir(), 'keyward-bench-'));
// Where root runs the benchmark, the user of the embedded PostgreSQL has to pass.
chmodSync(directory, 0o711);
const servers = new TestServers(directory);

async function stop(): Promise<void> {
  await servers.stop();
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
}

// The terminal's Ctrl-C reaches this process as well: it ends with its parent, not before.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => void stop());
await servers.start();
process.send?.({ environment: servers.environment, port: await freeLoopbackPort(), directory });
