/** Makes the data folder of an embedded PostgreSQL, whole or not at all. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type EmbeddedBinaries } from './embedded-binaries.js';
import { giveTo, type ServerUser } from './server-user.js';

/** The superuser of an embedded server, whose password only the files of its directory hold. */
export const EMBEDDED_USER = 'keyward';

const DRAFT = 'data.draft-';

/** The folder of a PostgreSQL cluster and the password of its superuser. */
export interface PostgresCluster {
  readonly dataDirectory: string;
  readonly password: string;
}

/**
 * The cluster in `directory`, made where there is none. To be called by the owner of the directory's lock.
 * @param sync whether a new cluster is flushed to the disk before it counts as made.
 * @throws Error where the data is there and its password is not, or where `initdb` fails.
 */
export async function openCluster(
  directory: string,
  binaries: EmbeddedBinaries,
  user: ServerUser,
  sync: boolean,
): Promise<PostgresCluster> {
  const dataDirectory = join(directory, 'data');
  const passwordFile = join(directory, 'password');
  if (existsSync(dataDirectory)) {
    if (existsSync(passwordFile)) {
      return { dataDirectory, password: readFileSync(passwordFile, 'utf8') };
    }
    throw new Error(
      `${passwordFile} is missing, and the data beside it cannot be opened without it. ` +
        'Put the file back, or remove the directory to start empty.',
    );
  }
  for (const name of readdirSync(directory)) {
    if (name.startsWith(DRAFT)) rmSync(join(directory, name), { recursive: true, force: true });
  }
  const password = randomBytes(24).toString('base64url');
  writePassword(passwordFile, password, user);
  // An interrupted initdb leaves a folder that nothing can open or complete, so it works on a draft.
  const draft = join(directory, DRAFT + randomBytes(8).toString('hex'));
  mkdirSync(draft, { mode: 0o700 });
  giveTo(user, draft);
  await initdb(binaries, draft, passwordFile, user, sync);
  renameSync(draft, dataDirectory);
  return { dataDirectory, password };
}

function writePassword(file: string, password: string, user: ServerUser): void {
  // Made anew: what is there may have another owner, other permissions or lead elsewhere.
  rmSync(file, { force: true });
  writeFileSync(file, password, { mode: 0o600, flag: 'wx' });
  giveTo(user, file);
}

async function initdb(
  binaries: EmbeddedBinaries,
  dataDirectory: string,
  passwordFile: string,
  user: ServerUser,
  sync: boolean,
): Promise<void> {
  const options = [
    `--pgdata=${dataDirectory}`,
    `--username=${EMBEDDED_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Collation that is the same on every machine, whatever locales it has.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(sync ? [] : ['--no-sync']),
  ];
  try {
    await promisify(execFile)(binaries.initdb, options, {
      ...user,
      cwd: dataDirectory,
      env: serverEnvironment(),
    });
  } catch (error) {
    rmSync(dataDirectory, { recursive: true, force: true });
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(
      `The embedded PostgreSQL could not make its data folder: ${stderr?.trim() || message}\n` +
        'Where it does not run on this system, set DATABASE_URL to a PostgreSQL server.',
      { cause: error },
    );
  }
}

/**
 * The environment of every PostgreSQL program: this process's own may hold secrets, which another
 * user has no business with, and PG* variables, which would change what the programs do.
 */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C' };
}
