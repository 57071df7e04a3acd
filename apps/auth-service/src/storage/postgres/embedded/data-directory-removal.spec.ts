import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { prepareDataDirectory } from './data-directory.js';
import { removeDataDirectory } from './data-directory-removal.js';
import { DirectoryInUseError, DirectoryLock } from './directory-lock.js';

// Only root has data that lie elsewhere than they are wanted.
const asRoot = process.geteuid?.() === 0 ? it : it.skip;

describe('a removed data directory', () => {
  let root: string;
  let place: string;
  let closed: string;
  let wanted: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'keyward-removal-'));
    chmodSync(root, 0o711);
    place = join(root, 'place');
    closed = join(root, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    wanted = join(closed, 'project', '.keyward', 'postgres');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const prepare = () => prepareDataDirectory(wanted, () => undefined, place);
  const remove = (alongside?: () => void) =>
    removeDataDirectory(wanted, { sharedPlace: place, ...(alongside && { alongside }) });

  it('goes with all that it holds', async () => {
    mkdirSync(join(wanted, 'data'), { recursive: true });
    expect(await remove()).toBe(true);
    expect(readdirSync(dirname(wanted))).toEqual([]);
    expect(await remove()).toBe(false);
  });

  asRoot('goes with its link and what it leads to', async () => {
    const { directory } = prepare();
    writeFileSync(join(directory, 'file'), '');
    expect(await remove()).toBe(true);
    expect(readdirSync(dirname(wanted))).toEqual([]);
    expect(readdirSync(join(place, 'data'))).toEqual([]);
    expect(await remove()).toBe(false);
  });

  asRoot('goes although its link leads to nothing', async () => {
    rmSync(prepare().directory, { recursive: true });
    expect(await remove()).toBe(true);
    expect(readdirSync(dirname(wanted))).toEqual([]);
  });

  asRoot('stays with all that belongs to it while a process owns it', async () => {
    const { directory } = prepare();
    const lock = DirectoryLock.acquire(directory);
    const removed: string[] = [];
    const removal = () => remove(() => removed.push('alongside'));
    await expect(removal()).rejects.toThrow(DirectoryInUseError);
    expect([removed, readlinkSync(wanted), existsSync(directory)]).toEqual([[], directory, true]);
    lock.release();
    expect(await removal()).toBe(true);
    expect([removed, existsSync(directory)]).toEqual([['alongside'], false]);
  });

  it('takes along what an interrupted removal has left', async () => {
    const remnant = `${wanted}.removed-0123456789abcdef`;
    mkdirSync(remnant, { recursive: true });
    await remove();
    expect(existsSync(remnant)).toBe(false);
  });

  it('is not taken for a link that somebody else made', async () => {
    mkdirSync(dirname(wanted), { recursive: true });
    symlinkSync(closed, wanted);
    await expect(remove()).rejects.toThrow('a link that Keyward did not make');
    expect(existsSync(closed)).toBe(true);
  });
});
