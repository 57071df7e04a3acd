/** Copies the PostgreSQL programs to a place that the server's user can enter, where theirs is closed to it. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { binariesOf, type EmbeddedBinaries, restoreLinks } from './embedded-binaries.js';
import { closedFolder, requireEntry, type ServerUser } from './server-user.js';
import { makeSharedFolder, requireRootOwned, SHARED_PLACE } from './shared-place.js';

const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/**
 * `installed` where `user` can run it, else a copy `postgresql-<version>` in `place`, made once for all
 * projects of this machine. Any number of processes may ask at once: each makes a whole copy, one counts.
 * @param log is told in one line when a copy is made, and why.
 * @throws NoEntryError where `place` cannot be made.
 * @throws Error where somebody besides root could have changed the copy.
 */
export function reachableBinaries(
  installed: EmbeddedBinaries,
  user: ServerUser,
  log: (line: string) => void,
  place: string = SHARED_PLACE,
): EmbeddedBinaries {
  const closed = closedFolder(installed.postgres, user);
  if (closed === null) return installed;
  makeSharedFolder(place);
  const copy = join(place, `postgresql-${packageVersion(installed.directory)}`);
  if (!existsSync(copy) && copied(installed.directory, copy)) {
    log(
      `PostgreSQL does not run as root, and the user who runs it cannot enter ${closed}: ` +
        `its programs are copied from ${installed.directory} to ${copy}.`,
    );
  }
  for (const path of entries(copy)) requireRootOwned(path);
  const binaries = binariesOf(copy);
  requireEntry(binaries.postgres, user);
  return binaries;
}

/** Whether this process's copy is the one that counts. */
function copied(source: string, copy: string): boolean {
  removeAbandonedDrafts(copy);
  const draft = `${copy}.draft-${randomBytes(8).toString('hex')}`;
  try {
    cpSync(source, draft, {
      recursive: true,
      // Links are made anew from the package's list, so none of them leads out of the copy.
      filter: (path) => !lstatSync(path).isSymbolicLink(),
    });
    restoreLinks(draft);
    for (const path of entries(draft)) publish(path);
    renameSync(draft, copy);
    return true;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    // Another process was first: a folder that holds something is never replaced.
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}

/** Opens one entry of a draft to every reader, and flushes it: a copy that a power cut emptied would stay. */
function publish(path: string): void {
  const entry = lstatSync(path);
  if (entry.isSymbolicLink()) return;
  chmodSync(path, entry.isDirectory() || (entry.mode & 0o100) !== 0 ? 0o755 : 0o644);
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Processes that were killed while they copied left these. */
function removeAbandonedDrafts(copy: string): void {
  const folder = join(copy, '..');
  for (const name of readdirSync(folder)) {
    const draft = join(folder, name);
    if (!draft.startsWith(`${copy}.draft-`)) continue;
    const stat = lstatSync(draft, { throwIfNoEntry: false });
    if (stat !== undefined && stat.mtimeMs < Date.now() - ABANDONED_AFTER_MS) {
      rmSync(draft, { recursive: true, force: true });
    }
  }
}

function entries(folder: string): string[] {
  const inside = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? entries(path) : [path];
  });
  return [folder, ...inside];
}

function packageVersion(directory: string): string {
  const file = join(directory, 'package.json');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown };
  if (typeof version === 'string' && /^\d[\w.+-]*$/.test(version)) return version;
  throw new Error(`${file} names no version.`);
}
