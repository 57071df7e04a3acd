/** A workspace on disk that installs the packed libraries from outside, as a team would. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const KEYWARD = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = fileURLToPath(new URL('./workspace/', import.meta.url));
const run = promisify(execFile);

/** What the workspace installs, in the versions that this one has. */
const PACKAGES = [
  '@jest/globals',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/passport',
  '@nestjs/platform-express',
  '@nx/devkit',
  '@swc/core',
  '@swc/jest',
  '@types/jest',
  '@types/node',
  '@types/passport-jwt',
  'jest',
  'nx',
  'passport',
  'passport-jwt',
  'prettier',
  'reflect-metadata',
  'rxjs',
  'typescript',
];

const TYPESCRIPT = {
  target: 'es2022',
  module: 'nodenext',
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  types: ['node', 'jest'],
};

/** One workspace with the projects of `workspace/`. */
export class NxWorkspace {
  private constructor(readonly root: string) {}

  static async create(projects: readonly string[]): Promise<NxWorkspace> {
    const workspace = new NxWorkspace(
      await realpath(await mkdtemp(join(tmpdir(), 'keyward-generators-'))),
    );
    await workspace.#write(projects);
    await workspace.#install();
    return workspace;
  }

  /** Runs a program of the workspace's packages; answers what it wrote. */
  async run(program: string, ...parameters: readonly string[]): Promise<string> {
    const path = join(this.root, 'node_modules/.bin', program);
    return this.#execute(process.execPath, [path, ...parameters]);
  }

  async read(path: string): Promise<string> {
    return readFile(join(this.root, path), 'utf8');
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  async #write(projects: readonly string[]): Promise<void> {
    await mkdir(join(this.root, 'apps'));
    for (const project of projects) {
      await cp(join(SOURCES, project), join(this.root, 'apps', project), { recursive: true });
      await this.#json(`apps/${project}/project.json`, { name: project, root: `apps/${project}` });
    }
    const { overrides } = JSON.parse(await readFile(join(KEYWARD, 'package.json'), 'utf8'));
    const versions = PACKAGES.map(async (name) => {
      const file = join(KEYWARD, 'node_modules', name, 'package.json');
      return [name, JSON.parse(await readFile(file, 'utf8')).version] as const;
    });
    await this.#json('package.json', {
      name: 'team',
      private: true,
      type: 'module',
      // Jest before Node 24.9 cannot load jwks-rsa 4: what is migrated from is version 3 as a rule.
      dependencies: { ...Object.fromEntries(await Promise.all(versions)), 'jwks-rsa': '^3.2.0' },
      overrides,
    });
    await this.#json('nx.json', { analytics: false, neverConnectToCloud: true });
    await this.#json('.prettierrc', { singleQuote: true, printWidth: 100 });
    await this.#json('tsconfig.json', { compilerOptions: TYPESCRIPT, include: ['apps'] });
    await cp(join(KEYWARD, 'jest.preset.mjs'), join(this.root, 'jest.preset.mjs'));
    await writeFile(
      join(this.root, 'jest.config.mjs'),
      `import preset from './jest.preset.mjs';
export default {
  ...preset,
  testEnvironmentOptions: {},
  reporters: ['default'],
  testMatch: ['<rootDir>/apps/**/*.spec.ts'],
};
`,
    );
  }

  async #install(): Promise<void> {
    const packed = await Promise.all(
      ['oauth', 'auth'].map(async (name) => {
        const folder = join(KEYWARD, 'libs', name);
        const pack = ['pack', folder, '--json', '--ignore-scripts'];
        const [{ filename }] = JSON.parse(await this.#execute('npm', pack));
        return `./${filename as string}`;
      }),
    );
    const quiet = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
    await this.#execute('npm', ['install', ...quiet, ...packed]);
  }

  async #json(path: string, value: unknown): Promise<void> {
    await writeFile(join(this.root, path), `${JSON.stringify(value, null, 2)}\n`);
  }

  async #execute(program: string, parameters: readonly string[]): Promise<string> {
    try {
      const { stdout, stderr } = await run(program, parameters, {
        cwd: this.root,
        env: environment(),
        maxBuffer: 64 * 1024 * 1024,
      });
      return program === 'npm' ? stdout : `${stdout}${stderr}`;
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: string; stderr?: string };
      throw new Error(`${program} ${parameters.join(' ')}\n${stdout}\n${stderr}`, { cause: error });
    }
  }
}

/** Without what this workspace's own npm, Nx and Jest left there. */
function environment(): NodeJS.ProcessEnv {
  const foreign = /^(npm_|NX_|JEST_|FORCE_COLOR$|INIT_CWD$|NODE_ENV$)/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(kept),
    NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
    NX_DAEMON: 'false',
    NX_ISOLATE_PLUGINS: 'false',
    CI: 'true',
    FORCE_COLOR: '0',
  };
}
