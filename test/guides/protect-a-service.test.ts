/** The guide to protecting a service, walked from its first line to its last. */
import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTestDatabase } from '@keyward/auth-service/testing';
import { startAuthService } from '../support/auth-service.js';
import { createApplication } from './protect-a-service.js';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
const guide = await read('../../docs/guides/protect-a-service.md');

describe('the guide to protecting a service', () => {
  it.each([
    ['the application', 'ts', './protect-a-service.ts'],
    ['its test', 'ts', './protect-a-service.example.test.ts'],
    ['what is declared', 'json', './protect-a-service.bootstrap.json'],
  ])('shows %s as it runs here', async (_what, language, file) => {
    expect(guide).toContain(`\`\`\`${language}\n${await read(file)}\`\`\`\n`);
  });

  (hasCurl() ? it : it.skip)('leads to a service that answers as it says', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'keyward-guide-'));
    const database = await createTestDatabase();
    const secret = `kws_${randomBytes(32).toString('base64url')}`;
    const bootstrap = new URL('./protect-a-service.bootstrap.json', import.meta.url);
    const authService = await startAuthService({
      DATABASE_URL: database.url,
      KEYWARD_DATA_DIR: join(directory, 'data'),
      AUTH_BOOTSTRAP_FILE: fileURLToPath(bootstrap),
      INVOICES_CLIENT_SECRET: secret,
    });
    process.env['ISSUER'] = authService.url;
    const app = await createApplication();
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    try {
      const { stdout } = await promisify(execFile)('bash', ['-euc', commands()], {
        env: {
          PATH: process.env['PATH'],
          ISSUER: authService.url,
          INVOICES: `http://127.0.0.1:${port}`,
          INVOICES_CLIENT_SECRET: secret,
        },
      });
      expect(stdout).toMatch(/^\{"invoicesOf":"accountant"\}HTTP\/1\.1 403 /);
      expect(stdout).toContain('error="insufficient_scope", scope="invoices:approve"');
      expect((await fetch(`http://127.0.0.1:${port}/invoices`)).status).toBe(401);
      expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
    } finally {
      await app.close();
      await authService.stop();
      await database.drop();
      await rm(directory, { recursive: true });
    }
  });
});

/** The commands of the chapter that calls the service. */
function commands(): string {
  const chapter = guide.slice(guide.indexOf('## 4. Call it'));
  const [, block] = /```sh\n([^`]+)```/.exec(chapter) ?? [];
  if (block === undefined) throw new Error('the guide shows no commands');
  return block;
}

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
