/** Keeps a server's data in the shared place, and a link to them where they are wanted. */
import { createHash } from 'node:crypto';
import { chownSync, lstatSync, mkdirSync, readlinkSync, rmdirSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { requireEntry, type ServerUser } from './server-user.js';
import { makeSharedFolder } from './shared-place.js';

/**
 * Makes a folder of `user` in `place` and puts a link to it where `wanted` is missing or empty.
 * Of several processes, one does it for all.
 * @returns where the link leads.
 * @throws NoEntryError where `wanted` holds something.
 */
export function shareDirectory(
  wanted: string,
  user: NonNullable<ServerUser>,
  place: string,
): string {
  const target = newSharedFolder(wanted, place);
  try {
    chownSync(target, user.uid, user.gid);
    removeEmpty(wanted);
    symlinkSync(target, wanted);
    return target;
  } catch (error) {
    rmdirSync(target);
    const first = sharedTarget(wanted, place);
    if (first !== null) return first;
    // What holds something stays, and has to be entered where it is.
    requireEntry(wanted, user);
    throw error;
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Named after the path, and counted: what a folder of that path has left behind belongs to nobody else. */
function newSharedFolder(wanted: string, place: string): string {
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  const folder = makeDataFolder(place);
  for (let count = 1; ; count += 1) {
    const target = join(folder, count === 1 ? name : `${name}-${count}`);
    try {
      mkdirSync(target, { mode: 0o700 });
      return target;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** The folder of all data in `place`, made where it is missing. */
export function makeDataFolder(place: string): string {
  const folder = join(place, 'data');
  makeSharedFolder(place);
  makeSharedFolder(folder);
  return folder;
}

/** Where the link `path` leads that {@link shareDirectory} made, or null where there is no such link. */
export function sharedTarget(path: string, place: string): string | null {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return null;
  const target = readlinkSync(path);
  const isShared =
    dirname(target) === join(place, 'data') && /^[0-9a-f]{16}(-\d+)?$/.test(basename(target));
  return isShared ? target : null;
}
