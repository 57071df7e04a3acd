import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ChildProgram } from '../../testing/child-program.js';
import { prepareDataDirectory } from './data-directory.js';
import { NoEntryError } from './server-user.js';

const MODULE = new URL('./data-directory.ts', import.meta.url).href;
const isRoot = process.geteuid?.() === 0;
// Only root can run a server as somebody else, and only root may give a folder away.
const asRoot = isRoot ? it : it.skip;
const asOrdinaryUser = isRoot ? it.skip : it;

describe('the data directory', () => {
  let root: string;
  let place: string;
  let closed: string;
  let wanted: string;
  const silent = () => undefined;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'keyward-data-'));
    chmodSync(root, 0o711);
    place = join(root, 'place');
    closed = join(root, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    wanted = join(closed, 'project', '.keyward', 'postgres');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const sharedName = () => createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  const prepare = (log: (line: string) => void = silent) =>
    prepareDataDirectory(wanted, log, place);

  asOrdinaryUser('lies where it is wanted and stays this user’s own', () => {
    expect(prepare()).toEqual({ directory: wanted, user: undefined });
    expect(statSync(wanted).mode & 0o777).toBe(0o700);
  });

  asRoot('is given to another user by root, and nothing above it', () => {
    const lines: string[] = [];
    wanted = join(root, 'open', 'postgres');
    const { directory, user } = prepare((line) => lines.push(line));
    expect(directory).toBe(wanted);
    expect(user?.uid).toBeGreaterThan(0);
    expect(statSync(wanted)).toMatchObject({ uid: user?.uid, gid: user?.gid });
    expect(lstatSync(wanted).isDirectory()).toBe(true);
    expect(statSync(wanted).mode & 0o777).toBe(0o700);
    expect(statSync(dirname(wanted)).uid).toBe(0);
    expect(lines.at(-1)).toContain(wanted);
    expect(prepare()).toEqual({ directory, user });
    expect(existsSync(place)).toBe(false);
  });

  asRoot(
    'lies in the shared place where the server’s user cannot enter, and a link leads there',
    () => {
      const lines: string[] = [];
      const { directory, user } = prepare((line) => lines.push(line));
      expect(directory).toBe(join(place, 'data', sharedName()));
      expect(readlinkSync(wanted)).toBe(directory);
      expect(statSync(directory)).toMatchObject({ uid: user?.uid, gid: user?.gid });
      expect(statSync(directory).mode & 0o777).toBe(0o700);
      expect(statSync(closed).mode & 0o777).toBe(0o700);
      const told = lines.filter((line) => line.includes(directory));
      expect(told).toHaveLength(1);
      expect(told[0]).toContain(`cannot enter ${closed}. `);
      expect(told[0]).toContain(`${wanted} is a link`);
    },
  );

  asRoot('stays where it is once it is there, also when the way to it is opened', () => {
    const first = prepare();
    expect(prepare()).toEqual(first);
    chmodSync(closed, 0o711);
    expect(prepare()).toEqual(first);
  });

  asRoot('takes the place of an empty folder of root', () => {
    mkdirSync(wanted, { recursive: true });
    const { directory } = prepare();
    expect(readlinkSync(wanted)).toBe(directory);
  });

  asRoot('is made anew where its link leads to nothing', () => {
    const first = prepare();
    rmSync(place, { recursive: true });
    expect(prepare()).toEqual(first);
    expect(statSync(first.directory)).toMatchObject({ uid: first.user?.uid, mode: 0o40700 });
  });

  asRoot('never holds what another folder of the same path has left', () => {
    const { directory } = prepare();
    writeFileSync(join(directory, 'file'), 'of the removed project');
    rmSync(wanted);
    expect(prepare().directory).toBe(`${directory}-2`);
    expect(readdirSync(`${directory}-2`)).toEqual([]);
    expect(readdirSync(directory)).toEqual(['file']);
  });

  asRoot.each([
    ['a folder of root that holds something', 0],
    ['a folder of another user', 65534],
  ])('does not replace %s', (_name, uid) => {
    mkdirSync(wanted, { recursive: true });
    writeFileSync(join(wanted, 'file'), '');
    chownSync(wanted, uid, uid);
    expect(() => prepare()).toThrow(NoEntryError);
    expect(() => prepare()).toThrow(`cannot enter ${closed} (on the way to ${wanted})`);
    expect(statSync(wanted).uid).toBe(uid);
    expect(readdirSync(wanted)).toEqual(['file']);
  });

  asRoot('says what to do where the shared place cannot be made', () => {
    writeFileSync(join(root, 'file'), '');
    place = join(root, 'file', 'place');
    expect(() => prepare()).toThrow(/cannot be made \(ENOTDIR\)\. Start as an ordinary user, or/);
    expect(existsSync(wanted)).toBe(false);
  });

  asRoot.each([0o777, 0o775])('refuses a shared place of mode %d', (mode) => {
    mkdirSync(place);
    chmodSync(place, mode);
    expect(() => prepare()).toThrow(`${place} must belong to root`);
  });

  asRoot('is one for processes that race', async () => {
    const code = `
      const [, module, wanted, place] = process.argv;
      const { prepareDataDirectory } = await import(module);
      process.umask(0o077);
      console.log(prepareDataDirectory(wanted, () => undefined, place).directory);
    `;
    const programs = Array.from({ length: 5 }, () =>
      ChildProgram.start(code, MODULE, wanted, place),
    );
    const ends = await Promise.all(programs.map((program) => program.ended()));
    expect(programs.map(({ errorOutput }) => errorOutput)).toEqual(Array(5).fill(''));
    expect(new Set(ends.flatMap(({ lines }) => lines))).toEqual(new Set([readlinkSync(wanted)]));
    expect(readdirSync(join(place, 'data'))).toHaveLength(1);
  });
});
