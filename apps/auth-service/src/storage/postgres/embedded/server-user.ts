/** The system user that runs the embedded PostgreSQL, which refuses to run as root, and what it can enter. */
import { execFileSync, spawnSync } from 'node:child_process';
import { lchownSync } from 'node:fs';
import { dirname } from 'node:path';

const NAME = 'postgres';

/** The user and group that a server process is started with; undefined is the user of this process. */
export type ServerUser = { readonly uid: number; readonly gid: number } | undefined;

/** The user that root runs a server as: `postgres`, created on a system that has none, which `log` is told. */
export function substituteForRoot(log: (line: string) => void): NonNullable<ServerUser> {
  return findUser() ?? createUser(log);
}

/** The first of `path` and the folders above it that `user` cannot enter, or null where nothing is in the way. */
export function closedFolder(path: string, user: ServerUser): string | null {
  if (user === undefined) return null;
  const isClosed = (folder: string) => {
    // The kernel is asked as that user, because mode bits do not tell about access control lists.
    const { status } = spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', folder], {
      ...user,
      cwd: '/',
    });
    return status !== 0;
  };
  return lineage(path).find(isClosed) ?? null;
}

/**
 * Checks that `user` can enter `path` and every folder above it.
 * @throws NoEntryError that names the first folder which keeps the user out. Its permissions are left alone.
 */
export function requireEntry(path: string, user: ServerUser): void {
  const folder = closedFolder(path, user);
  if (folder !== null) throw new NoEntryError(`${folder} (on the way to ${path})`);
}

/** The user that runs the server in root's stead cannot reach what it needs. */
export class NoEntryError extends Error {
  override readonly name = 'NoEntryError';

  constructor(where: string, options?: ErrorOptions) {
    super(
      `PostgreSQL does not run as root, and the user who would run it cannot enter ${where}. ` +
        'Start as an ordinary user, or move the project to a place that every user can enter, ' +
        'or set DATABASE_URL.',
      options,
    );
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
