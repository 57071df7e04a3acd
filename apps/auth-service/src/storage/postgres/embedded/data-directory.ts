/** Prepares the folder of an embedded server for the user who runs it. */
import { chownSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { closedFolder, requireEntry, type ServerUser, substituteForRoot } from './server-user.js';
import { makeDataFolder, shareDirectory, sharedTarget } from './shared-directory.js';
import { SHARED_PLACE } from './shared-place.js';

/** A folder that is there, and who runs the server on it. */
export interface DataDirectory {
  /** Where the folder really is. */
  readonly directory: string;
  readonly user: ServerUser;
}

/**
 * Makes the folder `wanted` where it is missing and says who runs the server on it: this process's own user, or,
 * for root, the owner of the folder (so that data made by an ordinary user stays usable by that user),
 * and where that is root as well, the user `postgres`, who is given this one folder. Where `postgres` cannot
 * enter it, the folder is made in `place` instead, and `wanted` becomes a symbolic link to it; such a link
 * is followed from then on.
 * @param log is told in one line what is done as root.
 * @throws NoEntryError where the server's user cannot enter a folder that holds something already.
 * @throws Error where the folder belongs to another user.
 */
export function prepareDataDirectory(
  wanted: string,
  log: (line: string) => void,
  place: string = SHARED_PLACE,
): DataDirectory {
  // The folders above keep the usual mode: the server's user has to pass through them.
  mkdirSync(dirname(wanted), { recursive: true });
  if (process.geteuid?.() === 0) return prepareAsRoot(wanted, log, place);
  if (!existsSync(wanted)) mkdirSync(wanted, { recursive: true, mode: 0o700 });
  const { uid } = statSync(wanted);
  if (uid === process.geteuid?.()) return { directory: wanted, user: undefined };
  throw new Error(
    `${wanted} belongs to the user with id ${uid}: start as that user, or remove the directory, ` +
      'or set DATABASE_URL.',
  );
}

function prepareAsRoot(wanted: string, log: (line: string) => void, place: string): DataDirectory {
  const linked = sharedTarget(wanted, place);
  // The link may have outlived what it led to.
  if (linked !== null) makeDataFolder(place);
  const directory = linked ?? wanted;
  const owner = statSync(directory, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) {
    const user = { uid: owner.uid, gid: owner.gid };
    log(
      `PostgreSQL does not run as root: it runs as the owner of ${directory}, user id ${user.uid}.`,
    );
    requireEntry(directory, user);
    return { directory, user };
  }
  const user = substituteForRoot(log);
  const closed = closedFolder(dirname(directory), user);
  if (closed !== null && linked === null) {
    const shared = shareDirectory(directory, user, place);
    log(
      `PostgreSQL does not run as root: it runs as user postgres, who cannot enter ${closed}. ` +
        `So its data lie in ${shared}, and ${wanted} is a link to it.`,
    );
    requireEntry(shared, user);
    return { directory: shared, user };
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chownSync(directory, user.uid, user.gid);
  log(`PostgreSQL does not run as root: it runs as user postgres, who now owns ${directory}.`);
  requireEntry(directory, user);
  return { directory, user };
}
