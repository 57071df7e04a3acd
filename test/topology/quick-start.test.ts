import { execFile, execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { startTopology } from './start-topology.js';
import { type Topology } from './topology.js';
import { describeTopology, TOPOLOGY_TIMEOUT_MS } from './topology.suite.js';

const guide = await readFile(new URL('../../docs/guides/quick-start.md', import.meta.url), 'utf8');

describeTopology('the quick start', () => {
  let topology: Topology;
  beforeAll(async () => {
    topology = await startTopology();
  }, TOPOLOGY_TIMEOUT_MS);
  afterAll(() => topology.stop(), TOPOLOGY_TIMEOUT_MS);

  (hasCurl() ? it : it.skip)('prints what it says that it prints', async () => {
    const [, ...commands] = [...guide.matchAll(/```sh\n([^`]+)```/g)].map(
      ([, block]) => block ?? '',
    );
    // The first of them brings up what is up here already.
    const walked = commands.slice(1).join('');
    expect(walked).toContain('/oauth2/revoke');
    const { stdout } = await promisify(execFile)('bash', ['-euc', walked], {
      env: {
        PATH: process.env['PATH'],
        KEYWARD_AUTH_PORT: new URL(topology.issuer).port,
        KEYWARD_ORDERS_PORT: new URL(topology.orders).port,
        KEYWARD_DEMO_WRITER_SECRET: topology.writer.secret,
        KEYWARD_DEMO_CLIENT_SECRET: topology.reader.secret,
      },
    });
    const printed = stdout.trim().split('\n');
    expect(printed).toEqual(['placed: 201', 'reader: 403', 'revoked: 200', 'afterwards: 401']);
    for (const line of printed) expect(guide).toContain(`\`${line}\``);
  });

  it('names variables that .env.example has', async () => {
    const example = await readFile(new URL('../../.env.example', import.meta.url), 'utf8');
    const names = [...guide.matchAll(/\$(KEYWARD_[A-Z_]+)/g)].map(([, name]) => name ?? '');
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect(example).toMatch(new RegExp(`^${name}=`, 'm'));
  });
});

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
