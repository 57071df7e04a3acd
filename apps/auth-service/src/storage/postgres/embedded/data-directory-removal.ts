/** Removes the folder of an embedded server, wherever its data really lie. */
import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DirectoryLock } from './directory-lock.js';
import { stopOrphanedPostmaster } from './orphan-postmaster.js';
import { sharedTarget } from './shared-directory.js';
import { SHARED_PLACE } from './shared-place.js';

/** How a data folder is removed. */
export interface RemovalOptions {
  /** Is told where a server is stopped that an earlier start left behind. Default: nothing is told. */
  readonly log?: (line: string) => void;
  /** Removes what belongs to the data and lies elsewhere, while nobody else can own the folder. */
  readonly alongside?: () => void;
  /** As the server was started with. Default `/var/lib/keyward`. */
  readonly sharedPlace?: string;
}

/**
 * Removes the folder `wanted` with all its data; where it is a link that Keyward made, the link and what it
 * leads to. Bears repetition, also after an interruption.
 * @returns whether there was something at `wanted`.
 * @throws DirectoryInUseError where a living process owns the folder: nothing is removed then.
 * @throws Error where `wanted` is a link that somebody else made.
 */
export async function removeDataDirectory(
  wanted: string,
  options: RemovalOptions = {},
): Promise<boolean> {
  const shared = sharedTarget(wanted, options.sharedPlace ?? SHARED_PLACE);
  const found = lstatSync(wanted, { throwIfNoEntry: false });
  if (found?.isSymbolicLink() === true && shared === null) {
    throw new Error(
      `${wanted} is a link that Keyward did not make: remove it, and what it leads to, by hand.`,
    );
  }
  const directory = shared ?? wanted;
  removeRemnants(directory);
  if (existsSync(directory)) {
    await removeOwned(directory, shared === null ? null : wanted, options);
  } else {
    options.alongside?.();
    if (shared !== null) unlinkSync(wanted);
  }
  return found !== undefined;
}

async function removeOwned(
  directory: string,
  link: string | null,
  { log = () => undefined, alongside }: RemovalOptions,
): Promise<void> {
  const lock = DirectoryLock.acquire(directory);
  const remnant = `${directory}.removed-${randomBytes(8).toString('hex')}`;
  try {
    await stopOrphanedPostmaster(join(directory, 'data'), log);
    alongside?.();
    // First, so that a start at this moment makes a folder of its own.
    if (link !== null) unlinkSync(link);
    // The lock goes with its folder: nobody may take it while half of the data is there.
    renameSync(directory, remnant);
  } catch (error) {
    lock.release();
    throw error;
  }
  rmSync(remnant, { recursive: true, force: true });
}

/** What an interrupted removal has left. */
function removeRemnants(directory: string): void {
  const parent = dirname(directory);
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    if (name.startsWith(`${basename(directory)}.removed-`)) {
      rmSync(join(parent, name), { recursive: true, force: true });
    }
  }
}
