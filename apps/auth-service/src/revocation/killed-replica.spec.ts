import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type TokenResponse } from '@keyward/oauth';
import { decodeJwt } from 'jose';
import { Client } from 'pg';
import { ChildProgram } from '../storage/testing/child-program.js';
import { describeWithRedis } from '../storage/testing/describe-with-redis.js';
import { freeLoopbackPort } from '../storage/testing/free-loopback-port.js';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { bootstrapDocument, SECRETS } from '../testing/bootstrap.fixture.js';
import { FaultProxy } from '../testing/fault-proxy.js';
import { basic, ISSUER, SHARED_KEY } from '../testing/test-application.js';

const MAIN = new URL('../main.ts', import.meta.url).href;
const RUN = `Object.assign(process.env, JSON.parse(process.argv[1]));
await import(process.argv[2]);`;

describeWithRedis('a replica that is killed', (redis) => {
  const directory = mkdtempSync(join(tmpdir(), 'keyward-killed-'));
  const programs: ChildProgram[] = [];
  let database: TestDatabase;
  let proxy: FaultProxy;

  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = await FaultProxy.to(redis().url);
    writeFileSync(join(directory, 'bootstrap.json'), JSON.stringify(bootstrapDocument()));
  });
  afterAll(async () => {
    for (const { child } of programs) child.kill('SIGKILL');
    await Promise.all(programs.map((program) => program.ended()));
    await proxy.close();
    await database.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  const start = async (redisUrl: string) => {
    const port = await freeLoopbackPort();
    const environment = {
      NODE_ENV: 'test',
      AUTH_ISSUER: ISSUER,
      AUTH_HOST: '127.0.0.1',
      AUTH_PORT: String(port),
      AUTH_BOOTSTRAP_FILE: join(directory, 'bootstrap.json'),
      KEYWARD_DATA_DIR: directory,
      DATABASE_URL: database.url,
      REDIS_URL: redisUrl,
      REDIS_KEY_PREFIX: redis().keyPrefix,
      ...SECRETS,
      ...SHARED_KEY,
    };
    const program = ChildProgram.start(RUN, JSON.stringify(environment), MAIN);
    programs.push(program);
    const origin = `http://127.0.0.1:${port}`;
    await until(async () => {
      if (program.child.exitCode !== null) throw new Error(program.errorOutput);
      const ready = await fetch(`${origin}/health/ready`).catch(() => null);
      return ready?.status === 200;
    });
    const post = (path: string, client: string, form: Record<string, string>) =>
      fetch(origin + path, {
        method: 'POST',
        headers: basic(client),
        body: new URLSearchParams(form),
      });
    return { program, post };
  };

  it('between its record and its relay has revoked, at every other replica', async () => {
    const [doomed, other] = [await start(proxy.url), await start(redis().url)];
    const issued = await doomed.post('/oauth2/token', 'shop', {
      grant_type: 'client_credentials',
    });
    const { access_token: token } = (await issued.json()) as TokenResponse;
    const isActive = async () => {
      const response = await other.post('/oauth2/introspect', 'orders', { token });
      if (response.status !== 200) return null;
      return ((await response.json()) as { active: boolean }).active;
    };
    expect(await isActive()).toBe(true);

    const { jti } = decodeJwt(token);
    const watch = new Client({ connectionString: database.url });
    await watch.connect();
    // Redis takes what it is told and says nothing: the process dies while it waits.
    proxy.become('hang');
    const answer = doomed.post('/oauth2/revoke', 'shop', { token }).catch(() => 'cut off');
    await until(async () => {
      const { rowCount } = await watch.query('SELECT 1 FROM revocation WHERE value = $1', [jti]);
      return rowCount === 1;
    });
    doomed.program.child.kill('SIGKILL');
    await once(doomed.program.child, 'exit');
    await watch.end();
    expect(await answer).toBe('cut off');

    await until(async () => (await isActive()) === false);
    expect(await isActive()).toBe(false);
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(5)) {
    if (await condition()) return;
  }
  throw new Error('not within 20 seconds');
}
