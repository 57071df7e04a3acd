import { execFile } from 'node:child_process';
import { cpSync, lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ChildProgram } from '../../testing/child-program.js';
import {
  findEmbeddedBinaries,
  NoEmbeddedBinariesError,
  restoreLinks,
} from './embedded-binaries.js';

const MODULE = new URL('./embedded-binaries.ts', import.meta.url).href;

describe('findEmbeddedBinaries', () => {
  it('finds the programs of the installed package', async () => {
    const { postgres } = findEmbeddedBinaries();
    const { stdout } = await promisify(execFile)(postgres, ['--version']);
    expect(stdout).toContain('PostgreSQL');
  });

  it.each([
    ['aix', 'ppc64'],
    ['linux', 'mips'],
    ['win32', 'x64'],
  ])('asks for DATABASE_URL on %s with %s', (platform, arch) => {
    const find = () => findEmbeddedBinaries(platform, arch);
    expect(find).toThrow(NoEmbeddedBinariesError);
    expect(find).toThrow(`no embedded PostgreSQL for ${platform}-${arch}. Set DATABASE_URL`);
  });
});

describe('restoreLinks', () => {
  let copy: string;
  let links: string[];
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'keyward-binaries-'));
    cpSync(join(findEmbeddedBinaries().directory, 'native'), join(copy, 'native'), {
      recursive: true,
    });
    const list = readFileSync(join(copy, 'native', 'pg-symlinks.json'), 'utf8');
    links = (JSON.parse(list) as { target: string }[]).map(({ target }) => join(copy, target));
    // As npm unpacks it when no install script runs.
    for (const link of links) rmSync(link);
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  const version = () => promisify(execFile)(join(copy, 'native', 'bin', 'postgres'), ['--version']);

  it('makes a package run whose install script did not', async () => {
    await expect(version()).rejects.toThrow('error while loading shared libraries');
    restoreLinks(copy);
    expect((await version()).stdout).toContain('PostgreSQL');
  });

  it('leaves links alone that are there', () => {
    restoreLinks(copy);
    const inodes = () => links.map((link) => lstatSync(link).ino);
    const before = inodes();
    restoreLinks(copy);
    expect(inodes()).toEqual(before);
  });

  it('may be done by several processes at once', async () => {
    const code = `
      const [, module, directory] = process.argv;
      const { restoreLinks } = await import(module);
      restoreLinks(directory);
    `;
    const programs = [1, 2, 3].map(() => ChildProgram.start(code, MODULE, copy));
    const ends = await Promise.all(programs.map((program) => program.ended()));
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect((await version()).stdout).toContain('PostgreSQL');
  });

  it('says what to do where a link cannot be made', () => {
    const link = { source: 'native/lib/a.so.1', target: 'native/lib/none/a.so' };
    writeFileSync(join(copy, 'native', 'pg-symlinks.json'), JSON.stringify([link]));
    expect(() => restoreLinks(copy)).toThrow(/cannot be made \(ENOENT\)\. Run `npm rebuild/);
  });

  it('refuses a list that leads out of its package', () => {
    const link = { source: 'native/lib/a.so.1', target: 'native/../../a.so' };
    writeFileSync(join(copy, 'native', 'pg-symlinks.json'), JSON.stringify([link]));
    expect(() => restoreLinks(copy)).toThrow('lies outside its package');
  });
});
