/** The generators in a workspace of someone else: installed from the tarballs, run by Nx. */
import { readFile } from 'node:fs/promises';
import { jest } from '@jest/globals';
import { NxWorkspace } from './nx-workspace.js';

// npm, Nx, the compiler and Jest, each as a process of its own.
jest.setTimeout(400_000);

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');

describe('the generators of @keyward/auth', () => {
  let workspace: NxWorkspace;

  beforeAll(async () => {
    workspace = await NxWorkspace.create(['shop', 'legacy']);
  });

  afterAll(async () => {
    await workspace?.remove();
  });

  it('migrate an application whose own tests pass before and after', async () => {
    expect(await workspace.run('jest', 'apps/legacy')).toMatch(/Tests: +6 passed, 6 total/);
    const told = await workspace.run(
      'nx',
      'g',
      '@keyward/auth:migrate-from-passport-jwt',
      'legacy',
    );
    expect(told).toContain('Migrated: apps/legacy/src/auth/jwt.strategy.ts');
    const migrated = await workspace.read('apps/legacy/src/auth/jwt.strategy.ts');
    expect(migrated).not.toMatch(/PassportStrategy|jwks-rsa/);
    expect(await workspace.read('package.json')).not.toMatch(/"(passport-jwt|jwks-rsa)":/);
    expect(await workspace.run('jest', 'apps/legacy')).toMatch(/Tests: +6 passed, 6 total/);
  });

  it('protect an application, with a test that passes', async () => {
    const command = ['g', '@keyward/auth:resource-server', 'shop', '--issuer=https://as.example'];
    const told = await workspace.run('nx', ...command);
    expect(told).toContain('CREATE apps/shop/src/auth/resource-server.module.ts');
    expect(told).toContain('Set AUTH_AUDIENCE');
    expect(await workspace.run('nx', ...command)).not.toMatch(/CREATE|UPDATE/);
    const [, passed, all] =
      /Tests: +(\d+) passed, (\d+) total/.exec(await workspace.run('jest', 'apps/shop')) ?? [];
    expect(passed).toBe(all);
    // Its own test and the table of attacks.
    expect(Number(passed)).toBeGreaterThan(40);
  });

  it('write what the compiler and Prettier accept', async () => {
    await workspace.run('tsc', '--project', '.');
    await workspace.run('prettier', '--check', 'apps');
  });

  it('are shown by their guide as they are', async () => {
    const guide = await read('../../docs/guides/generators.md');
    const strategy = 'legacy/src/auth/jwt.strategy.ts';
    for (const shown of [
      await read(`./workspace/${strategy}`),
      await workspace.read(`apps/${strategy}`),
      await workspace.read('apps/shop/src/auth/example.controller.ts'),
    ]) {
      expect(guide).toContain(`\`\`\`ts\n${shown}\`\`\`\n`);
    }
    const { generators } = JSON.parse(await read('../../libs/auth/generators.json'));
    for (const [name, { schema }] of Object.entries<{ schema: string }>(generators)) {
      expect(guide).toContain(`npx nx g @keyward/auth:${name} `);
      const { properties } = JSON.parse(await read(`../../libs/auth/${schema}`));
      for (const option of Object.keys(properties).filter((one) => one !== 'project')) {
        expect(guide).toContain(`| \`--${option}\``);
      }
    }
  });
});
