import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareDirectory, requireEntry } from './server-user.js';

const isRoot = process.geteuid?.() === 0;
// Only root can run a server as somebody else, and only root may give a folder away.
const asRoot = isRoot ? it : it.skip;
const asOrdinaryUser = isRoot ? it.skip : it;

describe('the user of the embedded server', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'keyward-user-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  asOrdinaryUser('is the user of this process', () => {
    expect(prepareDirectory(join(root, 'a', 'b'), () => undefined)).toBeUndefined();
  });

  asRoot('is another one for root, who gives away the folder and nothing above it', () => {
    const lines: string[] = [];
    const directory = join(root, 'a', 'b');
    const user = prepareDirectory(directory, (line) => lines.push(line));
    expect(user?.uid).toBeGreaterThan(0);
    expect(statSync(directory)).toMatchObject({ uid: user?.uid, gid: user?.gid });
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(root, 'a')).uid).toBe(0);
    expect(lines.at(-1)).toContain(directory);
    expect(prepareDirectory(directory, () => undefined)).toEqual(user);
  });

  asRoot('is told which folder keeps it out, and the folder stays as it is', () => {
    chmodSync(root, 0o711);
    const closed = join(root, 'closed');
    const inner = join(closed, 'inner');
    mkdirSync(inner, { recursive: true });
    chmodSync(closed, 0o700);
    const nobody = { uid: 65534, gid: 65534 };
    expect(() => requireEntry(inner, nobody)).toThrow(`cannot enter ${closed} (on the way to`);
    expect(statSync(closed).mode & 0o777).toBe(0o700);
    chmodSync(closed, 0o711);
    expect(() => requireEntry(inner, nobody)).not.toThrow();
  });
});
