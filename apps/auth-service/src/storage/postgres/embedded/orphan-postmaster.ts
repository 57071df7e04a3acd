/** Ends a PostgreSQL server that outlived the process which started it. */
import { randomBytes } from 'node:crypto';
import {
  lchownSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  processCommandLine,
  processStartTime,
  processWorkingDirectory,
} from './process-identity.js';

const STOP_TIMEOUT_MS = 30_000;

/** Where a server keeps its process id while it runs on `dataDirectory`. */
export function postmasterFile(dataDirectory: string): string {
  return join(dataDirectory, 'postmaster.pid');
}

/** The lines of a server's `postmaster.pid`, or null where there is none. */
export function readPostmasterFile(dataDirectory: string): string[] | null {
  try {
    return readFileSync(postmasterFile(dataDirectory), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Stops the server that an earlier owner left running on `dataDirectory`, and resolves when it is gone.
 * To be called by the owner of the directory's lock alone. The file of a living server is never touched.
 * @throws Error where the server does not stop in 30 seconds.
 */
export async function stopOrphanedPostmaster(
  dataDirectory: string,
  log: (line: string) => void,
): Promise<void> {
  const lines = readPostmasterFile(dataDirectory);
  const pid = Number(lines?.[0]);
  if (lines === null || !Number.isSafeInteger(pid) || pid <= 0) return;
  const startTime = processStartTime(pid);
  if (startTime === null) return;
  if (!runsPostgresOn(pid, dataDirectory)) {
    disown(dataDirectory, lines);
    return;
  }
  log(
    `Stopping the PostgreSQL server (process ${pid}) that an earlier start left on ${dataDirectory}.`,
  );
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (processStartTime(pid) === startTime) {
    if (Date.now() > deadline) {
      throw new Error(
        `The PostgreSQL server (process ${pid}) that an earlier start left on ${dataDirectory} ` +
          `did not stop in ${STOP_TIMEOUT_MS / 1000} seconds. End it with \`kill -QUIT ${pid}\` and start again.`,
      );
    }
    await sleep(50);
  }
}

function runsPostgresOn(pid: number, dataDirectory: string): boolean {
  const commandLine = processCommandLine(pid);
  if (commandLine === null) return false;
  const program = basename(commandLine.split(' -D ')[0] ?? '');
  if (program !== 'postgres') return false;
  // A server works in its data folder. Where the system does not tell, its own argument does.
  const directory = realpathSync(dataDirectory);
  const workingDirectory = processWorkingDirectory(pid);
  if (workingDirectory !== null) return workingDirectory === directory;
  return `${commandLine} `.includes(` -D ${directory} `);
}

/**
 * The recorded id was recycled: it is some other program now. PostgreSQL would wait for that program for
 * ever, but it holds a file that names its parent for stale; and unlike without the file, it still
 * checks that no backend of the dead server is left on the shared memory which the file names.
 */
function disown(dataDirectory: string, lines: readonly string[]): void {
  const draft = `${postmasterFile(dataDirectory)}.${randomBytes(8).toString('hex')}`;
  const content = [process.pid, ...lines.slice(1)].join('\n');
  writeFileSync(draft, content, { mode: 0o600, flag: 'wx' });
  const { uid, gid } = statSync(dataDirectory);
  if (process.geteuid?.() === 0) lchownSync(draft, uid, gid);
  renameSync(draft, postmasterFile(dataDirectory));
}
