import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pendingMigrations } from '../storage/postgres/postgres.migrations.js';
import { createTestDatabase } from '../storage/testing/test-database.js';

const PROGRAM = fileURLToPath(new URL('../cli.ts', import.meta.url));
const ARGUMENTS = ['--conditions=@keyward/source', '--import=@swc-node/register/esm-register'];

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(environment: NodeJS.ProcessEnv, ...args: string[]): Promise<Outcome> {
  const { PATH, HOME } = process.env;
  // Production's rules ask for keys and secrets: this program must need none of them.
  const env = { PATH, HOME, NODE_ENV: 'production', ...environment };
  return promisify(execFile)(process.execPath, [...ARGUMENTS, PROGRAM, 'migrate', ...args], {
    env,
  }).then(
    (output) => ({ code: 0, ...output }),
    (error: unknown) => error as Outcome,
  );
}

describe('keyward migrate', () => {
  it('brings the schema up to date and ends, and the second time finds nothing to do', async () => {
    const { url, drop } = await createTestDatabase();
    const first = await run({ DATABASE_URL: url });
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^ran \d+ migration\(s\): InitialSchema\d+, /);
    expect(await pendingMigrations(url)).toEqual([]);
    expect(await run({ DATABASE_URL: url })).toMatchObject({
      code: 0,
      stdout: 'the schema is up to date\n',
    });
    await drop();
  });

  it.each([
    ['without a database', {}, [], 1, /DATABASE_URL is required/],
    ['with something else', { DATABASE_URL: 'mysql://x' }, [], 1, /DATABASE_URL must be a URL/],
    [
      'with an argument',
      { DATABASE_URL: 'postgres://127.0.0.1:1/x' },
      ['--yes'],
      2,
      /unknown option '--yes'/,
    ],
    [
      'with a server that does not come',
      { DATABASE_URL: 'postgres://u:a-password@127.0.0.1:1/x', AUTH_START_TIMEOUT_MS: '300' },
      [],
      1,
      /^error: cannot migrate \(DATABASE_URL\): .*ECONNREFUSED/m,
    ],
  ])('fails %s, and says why without a secret', async (_what, environment, args, code, why) => {
    const outcome = await run(environment, ...args);
    expect(outcome).toMatchObject({ code, stderr: expect.stringMatching(why) });
    expect(outcome.stdout + outcome.stderr).not.toContain('a-password');
  });
});
