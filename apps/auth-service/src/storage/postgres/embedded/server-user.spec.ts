import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NoEntryError, requireEntry } from './server-user.js';

const isRoot = process.geteuid?.() === 0;
// Only root can run a program as somebody else.
const asRoot = isRoot ? it : it.skip;

describe('the user of the embedded server', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'keyward-user-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  asRoot('is told which folder keeps it out, and the folder stays as it is', () => {
    chmodSync(root, 0o711);
    const closed = join(root, 'closed');
    const inner = join(closed, 'inner');
    mkdirSync(inner, { recursive: true });
    chmodSync(closed, 0o700);
    const nobody = { uid: 65534, gid: 65534 };
    expect(() => requireEntry(inner, nobody)).toThrow(NoEntryError);
    expect(() => requireEntry(inner, nobody)).toThrow(`cannot enter ${closed} (on the way to`);
    expect(statSync(closed).mode & 0o777).toBe(0o700);
    chmodSync(closed, 0o711);
    expect(() => requireEntry(inner, nobody)).not.toThrow();
  });
});
