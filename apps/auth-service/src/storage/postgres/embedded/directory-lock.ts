/** Gives a directory at most one owning process at a time, across crashes. */
import { randomBytes } from 'node:crypto';
import {
  lchownSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { processStartTime } from './process-identity.js';

const LOCK_FILE = /^owner-(\d{1,15})\.lock$/;

interface Owner {
  readonly pid: number;
  readonly startTime: string | null;
}

/** The directory is owned by a process that lives. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';

  constructor(
    directory: string,
    /** The process id of the owner. */
    readonly ownerPid: number,
  ) {
    super(
      `${directory} is in use by process ${ownerPid}. ` +
        'Stop that process, or give this one another directory, or set DATABASE_URL.',
    );
  }
}

/**
 * A held lock. Every owner makes its own file `owner-<n>.lock`, one number above the last; the highest
 * number counts, it is never removed, and it is free when it is empty or when its process is dead.
 * So nobody ever deletes a file to take over from a dead owner (two processes that do so can delete
 * each other's new lock): both try to make the same next file, and the file system lets one.
 */
export class DirectoryLock {
  #released = false;

  private constructor(
    private readonly directory: string,
    private readonly file: string,
  ) {}

  /**
   * Takes the lock of an existing directory at once, or throws.
   * @throws DirectoryInUseError where a living process, this one included, holds it.
   */
  static acquire(directory: string): DirectoryLock {
    const owner: Owner = { pid: process.pid, startTime: processStartTime(process.pid) };
    const draft = writeDraft(directory, JSON.stringify(owner));
    try {
      for (;;) {
        const last = lastNumber(directory);
        const living = last > 0 ? livingOwner(fileOf(directory, last)) : null;
        if (living !== null) throw new DirectoryInUseError(directory, living);
        const file = fileOf(directory, last + 1);
        // A latecomer may have made a number that was already passed and cleared away.
        if (linked(draft, file)) {
          if (lastNumber(directory) === last + 1) {
            removeBelow(directory, last + 1);
            return new DirectoryLock(directory, file);
          }
          rmSync(file, { force: true });
        }
      }
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** Gives the directory free. Harmless when repeated. */
  release(): void {
    // Once only: the next owner may have cleared the file away.
    if (this.#released) return;
    this.#released = true;
    renameSync(writeDraft(this.directory, ''), this.file);
  }
}

/** A file gets its name when it is complete, so nobody ever reads half a lock. */
function writeDraft(directory: string, content: string): string {
  const draft = join(directory, `owner-${randomBytes(8).toString('hex')}.draft`);
  writeFileSync(draft, content, { mode: 0o600, flag: 'wx' });
  const { uid, gid } = statSync(directory);
  if (process.geteuid?.() === 0) lchownSync(draft, uid, gid);
  return draft;
}

function fileOf(directory: string, number: number): string {
  return join(directory, `owner-${number}.lock`);
}

function numbers(directory: string): number[] {
  return readdirSync(directory).flatMap((name) => {
    const match = LOCK_FILE.exec(name);
    return match ? [Number(match[1])] : [];
  });
}

function lastNumber(directory: string): number {
  return Math.max(0, ...numbers(directory));
}

function removeBelow(directory: string, number: number): void {
  for (const passed of numbers(directory)) {
    if (passed < number) rmSync(fileOf(directory, passed), { force: true });
  }
}

function linked(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function livingOwner(file: string): number | null {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    // Passed and cleared away since the listing: the next look finds the one that counts.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  if (content === '') return null;
  const owner = parseOwner(content, file);
  return owner.startTime === processStartTime(owner.pid) ? owner.pid : null;
}

function parseOwner(content: string, file: string): Owner {
  try {
    const { pid, startTime } = JSON.parse(content) as Partial<Owner>;
    if (Number.isSafeInteger(pid) && typeof startTime === 'string') {
      return { pid: pid as number, startTime };
    }
  } catch {
    // Falls through: unreadable and incomplete are the same to the caller.
  }
  throw new Error(`${file} is damaged. Remove it once no process uses its directory.`);
}
