/** The packed libraries, installed in an empty folder, protect applications of both Nests. */
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Consumer, installedVersion, pack, type Tarball } from './tarballs.js';

const NEST_12 = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-express',
  '@nestjs/platform-ws',
  '@nestjs/websockets',
  '@nestjs/graphql',
  '@nestjs/apollo',
];
const EITHER = [
  '@apollo/server',
  '@as-integrations/express5',
  '@types/node',
  '@types/ws',
  'graphql',
  'reflect-metadata',
  'rxjs',
  'ws',
];
const NEST_11 = {
  '@nestjs/common': '11.2.10',
  '@nestjs/core': '11.2.10',
  '@nestjs/platform-express': '11.2.10',
  '@nestjs/platform-ws': '11.2.6',
  '@nestjs/websockets': '11.2.6',
  '@nestjs/graphql': '13.4.5',
  '@nestjs/apollo': '13.4.5',
};

const orders = { ordersOf: 'alice' };
const unexpected = (status: number): string => `Unexpected server response: ${status}`;

let folder: string;
let oauth: Tarball;
let auth: Tarball;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyward-packed-'));
  [oauth, auth] = await Promise.all([pack('oauth', folder), pack('auth', folder)]);
});

afterAll(() => rm(folder, { recursive: true }));

async function versions(names: readonly string[]): Promise<Record<string, string>> {
  const found = names.map(async (name) => [name, await installedVersion(name)] as const);
  return Object.fromEntries(await Promise.all(found));
}

describe('what is packed', () => {
  it('is what was compiled, and nothing of tests, sources or builds', () => {
    for (const { files, unpackedBytes } of [oauth, auth]) {
      const compiled = /^(package\.json|dist\/.*\.(js|d\.ts)(\.map)?)$/;
      // What Nx reads, and what the generators write.
      const generators = /^generators(\.json|\/.*(schema\.json|\.template))$/;
      expect(files.filter((file) => !compiled.test(file) && !generators.test(file))).toEqual([]);
      expect(
        files.filter((file) => /\.spec\.(?!ts\.template$)|\.contract\.|spec-support/.test(file)),
      ).toEqual([]);
      expect(unpackedBytes).toBeLessThan(2_000_000);
    }
  });
});

describe.each([
  ['NestJS 12, ECMAScript modules', 'module', { module: 'esnext', moduleResolution: 'bundler' }],
  [
    'NestJS 11.2, CommonJS',
    'commonjs',
    { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' },
  ],
] as const)('an application outside the workspace: %s', (_name, type, otherResolution) => {
  let consumer: Consumer;

  beforeAll(async () => {
    const nest = type === 'module' ? await versions(NEST_12) : NEST_11;
    const dependencies = { ...nest, ...(await versions(EITHER)) };
    consumer = await Consumer.install({ type, tarballs: [oauth, auth], dependencies });
  }, 300_000);

  afterAll(() => rm(consumer.folder, { recursive: true }));

  it('compiles by the module resolution of Node.js, and guards its three transports', async () => {
    expect(await consumer.compile({ module: 'nodenext' })).toEqual([]);
    const [none, forged, unscoped] = [401, 401, 403];
    expect(await consumer.start()).toEqual({
      rest: { none, forged, unscoped, good: orders },
      graphql: {
        none: 'UNAUTHENTICATED',
        forged: 'UNAUTHENTICATED',
        unscoped: 'FORBIDDEN',
        good: orders,
      },
      webSocket: {
        none: unexpected(401),
        forged: unexpected(401),
        unscoped: unexpected(403),
        good: orders,
      },
    });
  }, 300_000);

  it(`compiles by the module resolution ${otherResolution.moduleResolution} as well`, async () => {
    const options = { ...otherResolution, noEmit: true, skipLibCheck: true };
    expect(await consumer.compile(options)).toEqual([]);
  }, 300_000);

  it('imports nothing optional by the main entry, and nothing undeclared at all', async () => {
    const root = join(consumer.folder, 'node_modules/@keyward/auth');
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const optional = Object.keys(manifest.peerDependenciesMeta);
    const needed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const byMain = await importedPackages(join(root, 'dist/index.js'));
    expect(byMain.filter((name) => optional.includes(name) || !needed.includes(name))).toEqual([]);
    // Nothing that a subpath needs is missing where nobody imports it.
    const needs: Record<string, string[]> = {
      testing: [],
      websockets: ['@nestjs/websockets'],
      opentelemetry: ['@opentelemetry/api'],
      terminus: ['@nestjs/terminus'],
      bff: ['openid-client'],
    };
    for (const subpath of subpathsOf(manifest)) {
      const imported = await importedPackages(join(root, `dist/${subpath}.js`));
      const more = imported.filter((name) => !byMain.includes(name) && !needed.includes(name));
      expect(more).toEqual([]);
      const optionals = imported.filter((name) => optional.includes(name));
      expect([subpath, optionals]).toEqual([subpath, needs[subpath] ?? []]);
    }
  });

  it('names the types of each subpath where a resolution does not read exports', async () => {
    const root = join(consumer.folder, 'node_modules/@keyward/auth');
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const types = subpathsOf(manifest).map((name) => [name, [manifest.exports[`./${name}`].types]]);
    expect(manifest.typesVersions).toEqual({ '*': Object.fromEntries(types) });
    await Promise.all(
      types
        .flat(2)
        .filter(isPath)
        .map((path) => access(join(root, path))),
    );
  });
});

/** The packages that a file imports, and those that the files beside it import that it imports. */
async function importedPackages(entry: string): Promise<string[]> {
  const packages = new Set<string>();
  const files = new Set([entry]);
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    for (const [, name = ''] of text.matchAll(
      /(?:\bfrom|\bimport|\bimport\()\s*['"]([^'"]+)['"]/g,
    )) {
      if (name.startsWith('.')) files.add(join(file, '..', name));
      else packages.add(name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
    }
  }
  return [...packages].filter((name) => !isBuiltin(name)).sort();
}

/** What may be imported besides the package itself. */
function subpathsOf({ exports }: { readonly exports: Record<string, unknown> }): string[] {
  return Object.keys(exports)
    .filter((name) => name !== '.' && name !== './package.json')
    .map((name) => name.slice(2));
}

function isPath(text: string): boolean {
  return text.startsWith('./');
}

function isBuiltin(name: string): boolean {
  return name.startsWith('node:') || builtinModules.includes(name);
}
