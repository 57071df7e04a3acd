/** Packs the libraries as they would be published, and installs them where nothing else is. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const workspace = fileURLToPath(new URL('../../', import.meta.url));
const compiler = join(workspace, 'node_modules/typescript/bin/tsc');

// The workspace's own options for node and npm must not help.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_OPTIONS$/i.test(name)),
);

/** One packed library. */
export interface Tarball {
  readonly path: string;
  readonly unpackedBytes: number;
  readonly files: readonly string[];
}

/** Packs `libs/<name>`, which has to be built, into `folder`. */
export async function pack(name: string, folder: string): Promise<Tarball> {
  const args = ['pack', '--json', '--pack-destination', folder];
  const options = { cwd: join(workspace, 'libs', name), env: environment };
  const { stdout } = await run('npm', args, options);
  const [packed] = JSON.parse(stdout) as [
    { filename: string; unpackedSize: number; files: { path: string }[] },
  ];
  return {
    path: join(folder, packed.filename),
    unpackedBytes: packed.unpackedSize,
    files: packed.files.map(({ path }) => path),
  };
}

/** The version of a package that the workspace has installed. */
export async function installedVersion(name: string): Promise<string> {
  const manifest = await readFile(join(workspace, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/** What an application outside the workspace is made of. */
export interface ConsumerOptions {
  readonly type: 'module' | 'commonjs';
  readonly tarballs: readonly Tarball[];
  /** Package names with exact versions. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/** An application in a folder of its own. */
export class Consumer {
  private constructor(readonly folder: string) {}

  /** Installs it; npm answers from its cache where it can. */
  static async install({ type, tarballs, dependencies }: ConsumerOptions): Promise<Consumer> {
    const folder = await mkdtemp(join(tmpdir(), `keyward-${type}-`));
    const manifest = { name: 'consumer', version: '1.0.0', private: true, type, dependencies };
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
    const source = fileURLToPath(new URL('./consumer/', import.meta.url));
    await cp(source, join(folder, 'src'), { recursive: true });
    const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
    const paths = tarballs.map(({ path }) => path);
    await run('npm', ['install', ...quiet, ...paths], { cwd: folder, env: environment });
    return new Consumer(folder);
  }

  /**
   * Compiles it to `dist`, the declarations of its dependencies checked too.
   *
   * @returns what the compiler has against the application or against Keyward; the declarations of
   *   others are not ours to mend
   */
  async compile(options: Readonly<Record<string, unknown>>): Promise<string[]> {
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2023'],
      rootDir: 'src',
      outDir: 'dist',
      strict: true,
      noEmitOnError: false,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      esModuleInterop: true,
      types: ['node'],
      ...options,
    };
    const path = join(this.folder, 'tsconfig.json');
    await writeFile(path, JSON.stringify({ compilerOptions, include: ['src'] }));
    const output = await this.#node(compiler, '--pretty', 'false', '-p', path).catch(
      (error: { stdout?: string }) => error.stdout ?? String(error),
    );
    return output
      .split('\n')
      .filter((line) => /error/.test(line) && !/^node_modules\/(?!@keyward)/.test(line));
  }

  /** Runs its program to the end. */
  async start(): Promise<unknown> {
    return JSON.parse(await this.#node('dist/main.js'));
  }

  async #node(...args: string[]): Promise<string> {
    const { stdout } = await run(process.execPath, args, { cwd: this.folder, env: environment });
    return stdout;
  }
}
