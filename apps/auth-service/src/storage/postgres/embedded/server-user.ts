/** Decides which system user runs the embedded PostgreSQL, which refuses to run as root. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, existsSync, lchownSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const NAME = 'postgres';

/** The user and group that a server process is started with; undefined is the user of this process. */
export type ServerUser = { readonly uid: number; readonly gid: number } | undefined;

/**
 * Makes `directory` where it is missing and says who runs the server on it: this process's own user, or,
 * for root, the owner of the directory (so that data made by an ordinary user stays usable by that user),
 * and where that is root as well, the user `postgres`, which is created on a system that has none and is
 * given this one directory.
 * @param log is told in one line what is done as root.
 * @throws Error where the directory belongs to another user.
 */
export function prepareDirectory(directory: string, log: (line: string) => void): ServerUser {
  // The folders above keep the usual mode: the server's user has to pass through them.
  mkdirSync(dirname(directory), { recursive: true });
  if (!existsSync(directory)) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { uid, gid } = statSync(directory);
  const self = process.geteuid?.();
  if (self !== 0) {
    if (uid === self) return undefined;
    throw new Error(
      `${directory} belongs to the user with id ${uid}: start as that user, or remove the directory, ` +
        'or set DATABASE_URL.',
    );
  }
  if (uid !== 0) {
    log(`PostgreSQL does not run as root: it runs as the owner of ${directory}, user id ${uid}.`);
    return { uid, gid };
  }
  const user = findUser() ?? createUser(log);
  chownSync(directory, user.uid, user.gid);
  log(`PostgreSQL does not run as root: it runs as user ${NAME}, who now owns ${directory}.`);
  return user;
}

/**
 * Checks that `user` can enter `path` and every folder above it.
 * @throws Error that names the first folder which keeps the user out. Its permissions are left alone.
 */
export function requireEntry(path: string, user: ServerUser): void {
  if (user === undefined) return;
  for (const folder of lineage(path)) {
    // The kernel is asked as that user, because mode bits do not tell about access control lists.
    const { status } = spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', folder], {
      ...user,
      cwd: '/',
    });
    if (status !== 0) {
      throw new Error(
        `PostgreSQL does not run as root, and the user with id ${user.uid}, who would run it, cannot enter ` +
          `${folder} (on the way to ${path}). Start as an ordinary user, or move the project to a place ` +
          'that every user can enter, or set DATABASE_URL.',
      );
    }
  }
}

/** Gives a file that this process made inside the server's directory to the user of the server. */
export function giveTo(user: ServerUser, path: string): void {
  if (user !== undefined) lchownSync(path, user.uid, user.gid);
}

function lineage(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [...lineage(parent), path];
}

function findUser(): { uid: number; gid: number } | null {
  const id = (flag: '-u' | '-g') => {
    const { status, stdout } = spawnSync('id', [flag, NAME], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : NaN;
  };
  const [uid, gid] = [id('-u'), id('-g')];
  return Number.isInteger(uid) && Number.isInteger(gid) ? { uid, gid } : null;
}

function createUser(log: (line: string) => void): { uid: number; gid: number } {
  const options = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'];
  try {
    execFileSync('useradd', [...options, '--shell', '/usr/sbin/nologin', NAME], { stdio: 'pipe' });
  } catch (error) {
    throw new Error(
      `PostgreSQL does not run as root, and the system user ${NAME} could not be created. ` +
        'Start as an ordinary user, or set DATABASE_URL.',
      { cause: error },
    );
  }
  log(`Created the system user ${NAME} (no login, no home) to run PostgreSQL.`);
  const user = findUser();
  if (user === null) throw new Error(`The system user ${NAME} was created but is not found.`);
  return user;
}
