import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ChildProgram } from '../../testing/child-program.js';
import { binariesOf, type EmbeddedBinaries, findEmbeddedBinaries } from './embedded-binaries.js';
import { reachableBinaries } from './reachable-binaries.js';

const MODULES = ['./reachable-binaries.ts', './embedded-binaries.ts'].map(
  (module) => new URL(module, import.meta.url).href,
);
const NOBODY = { uid: 65534, gid: 65534 };
// Only root can run a program as somebody else, and so only root ever copies one.
const describeAsRoot = process.geteuid?.() === 0 ? describe : describe.skip;

describe('reachableBinaries', () => {
  it('leaves programs alone that this process’s own user runs', () => {
    const installed = binariesOf('/none');
    expect(reachableBinaries(installed, undefined, () => undefined)).toBe(installed);
  });
});

describeAsRoot('reachableBinaries for root', () => {
  let root: string;
  let place: string;
  let closed: string;
  let installed: EmbeddedBinaries;
  let version: string;
  let copy: string;

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'keyward-reach-'));
    chmodSync(root, 0o711);
    closed = join(root, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const { directory } = findEmbeddedBinaries();
    // As npm unpacks it when no install script runs, and as a umask of 077 leaves it.
    const umask = process.umask(0o077);
    cpSync(directory, join(closed, 'package'), { recursive: true, dereference: true });
    process.umask(umask);
    installed = binariesOf(join(closed, 'package'));
    const json = readFileSync(join(directory, 'package.json'), 'utf8');
    version = (JSON.parse(json) as { version: string }).version;
  });
  beforeEach(() => {
    place = join(root, 'place');
    copy = join(place, `postgresql-${version}`);
  });
  afterEach(() => rmSync(place, { recursive: true, force: true }));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const reach = (log: (line: string) => void = () => undefined) =>
    reachableBinaries(installed, NOBODY, log, place);
  const versionAsNobody = ({ postgres }: EmbeddedBinaries) =>
    promisify(execFile)(postgres, ['--version'], { ...NOBODY, cwd: '/', env: {} });

  it('copies what the server’s user cannot enter to where it can run it, once, and says so', async () => {
    await expect(versionAsNobody(installed)).rejects.toMatchObject({ code: 'EACCES' });
    const lines: string[] = [];
    const umask = process.umask(0o077);
    const reached = reach((line) => lines.push(line));
    process.umask(umask);
    expect(reached.directory).toBe(copy);
    expect((await versionAsNobody(reached)).stdout).toContain('PostgreSQL');
    expect(lines).toEqual([expect.stringContaining(`cannot enter ${closed}: `)]);
    expect(lines[0]).toContain(copy);
    expect(statSync(closed).mode & 0o777).toBe(0o700);
    const before = statSync(copy).ino;
    expect(reach((line) => lines.push(line))).toEqual(reached);
    expect([statSync(copy).ino, lines.length]).toEqual([before, 1]);
    expect(readdirSync(place)).toEqual([`postgresql-${version}`]);
  });

  it('leaves programs alone that the server’s user can run', () => {
    const open = binariesOf(join(root, 'open'));
    mkdirSync(join(open.directory, 'native', 'bin'), { recursive: true });
    cpSync(findEmbeddedBinaries().postgres, open.postgres);
    expect(reachableBinaries(open, NOBODY, () => undefined, place)).toBe(open);
    expect(existsSync(place)).toBe(false);
  });

  it('is harmless when many processes do it at once', async () => {
    const code = `
      const [, reachModule, binariesModule, directory, place] = process.argv;
      const { reachableBinaries } = await import(reachModule);
      const { binariesOf } = await import(binariesModule);
      process.umask(0o077);
      const log = () => console.log('copied');
      reachableBinaries(binariesOf(directory), { uid: 65534, gid: 65534 }, log, place);
      console.log('reached');
    `;
    const programs = Array.from({ length: 5 }, () =>
      ChildProgram.start(code, ...MODULES, installed.directory, place),
    );
    const ends = await Promise.all(programs.map((program) => program.ended()));
    expect(programs.map(({ errorOutput }) => errorOutput)).toEqual(Array(5).fill(''));
    const lines = ends.flatMap((end) => end.lines).toSorted();
    expect(lines).toEqual(['copied', ...Array<string>(5).fill('reached')]);
    expect(readdirSync(place)).toEqual([`postgresql-${version}`]);
    expect((await versionAsNobody(reach())).stdout).toContain('PostgreSQL');
  });

  it('removes what a killed process left, and not what another is making', () => {
    const drafts = [`${copy}.draft-old`, `${copy}.draft-new`];
    for (const draft of drafts) mkdirSync(draft, { recursive: true });
    const hoursAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
    utimesSync(drafts[0] as string, hoursAgo, hoursAgo);
    reach();
    expect(drafts.map((draft) => existsSync(draft))).toEqual([false, true]);
  });

  it.each([
    ['is writable by its group', (file: string) => chmodSync(file, 0o775)],
    ['is writable by everybody', (file: string) => chmodSync(file, 0o757)],
    ['belongs to another user', (file: string) => chownSync(file, 65534, 65534)],
  ])('refuses a copy of which one file %s', (_name, change) => {
    const { postgres } = reach();
    change(postgres);
    expect(() => reach()).toThrow(`${postgres} must belong to root`);
  });

  it.each([
    ['folder', () => chmodSync(copy, 0o777)],
    ['link', () => lchownSync(join(copy, 'native', 'lib', 'libecpg.so'), 65534, 65534)],
    ['place', () => chmodSync(place, 0o777)],
  ])('refuses a copy whose %s others can change', (_name, change) => {
    reach();
    change();
    expect(() => reach()).toThrow('must belong to root and be writable by nobody else');
  });

  it('says what to do where there is no place for a copy', () => {
    writeFileSync(join(root, 'file'), '');
    place = join(root, 'file', 'place');
    expect(() => reach()).toThrow(/cannot be made \(ENOTDIR\)\. Start as an ordinary user, or/);
    place = join(root, 'place');
  });
});
