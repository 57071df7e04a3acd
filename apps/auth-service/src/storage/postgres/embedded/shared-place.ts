/** The folder of root for what the server's user has to enter and cannot where it lies. */
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { NoEntryError } from './server-user.js';

/** Where it is unless a caller says otherwise. */
export const SHARED_PLACE = '/var/lib/keyward';

/**
 * Makes the folder where it is missing; its parent must be there. Any number of processes may do so at once.
 * @throws NoEntryError where it cannot be made.
 * @throws Error where somebody besides root could have put something there.
 */
export function makeSharedFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o755 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') {
      throw new NoEntryError(
        `the project, while ${folder}, which would be used instead, cannot be made (${code})`,
        { cause: error },
      );
    }
  }
  requireRootOwned(folder);
  // The umask may have closed it, in this process or in another that is about to open it.
  const { mode } = lstatSync(folder);
  if ((mode & 0o011) !== 0o011) chmodSync(folder, 0o755);
}

/** @throws Error unless root alone can have made `path` what it is: a file, a folder or a link. */
export function requireRootOwned(path: string): void {
  const entry = lstatSync(path);
  const isKnown = entry.isDirectory() || entry.isFile() || entry.isSymbolicLink();
  // The mode of a link means nothing: who may replace it, is said by its folder.
  const isWritable = !entry.isSymbolicLink() && (entry.mode & 0o022) !== 0;
  if (isKnown && entry.uid === 0 && !isWritable) return;
  throw new Error(
    `${path} must belong to root and be writable by nobody else, because what it holds is run. ` +
      'Find out who changed it, remove it and start again, or set DATABASE_URL.',
  );
}
