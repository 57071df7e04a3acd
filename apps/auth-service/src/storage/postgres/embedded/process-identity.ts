/** Tells which program a process id stands for now, so that a recycled id is never mistaken for its former bearer. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * When the process `pid` started, as an opaque text that no other process of that id shares
 * (on Linux the boot and the clock tick, on macOS the second), or null where no such process lives.
 * A zombie counts as gone: it holds no file, no port and no memory.
 */
export function processStartTime(pid: number): string | null {
  if (process.platform !== 'linux') return ps(pid, 'lstart');
  const stat = readProc(pid, 'stat');
  if (stat === null) return null;
  // The second field is the program's name in parentheses, and a name may hold both blanks and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, ticksSinceBoot] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X') return null;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${ticksSinceBoot}`;
}

/** The command line of `pid` with its arguments parted by blanks, or null where no such process lives. */
export function processCommandLine(pid: number): string | null {
  if (process.platform !== 'linux') return ps(pid, 'command');
  return readProc(pid, 'cmdline')?.replaceAll('\0', ' ').trim() ?? null;
}

/**
 * The working directory of `pid` with symbolic links resolved, or null where the system does not tell
 * (another user's process, or a system without /proc).
 */
export function processWorkingDirectory(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

function readProc(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    // ESRCH: the process ended between open and read.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}

function ps(pid: number, column: string): string | null {
  try {
    const options = { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } } as const;
    const state = execFileSync('ps', ['-o', 'state=', '-p', String(pid)], options).trim();
    if (state.startsWith('Z')) return null;
    return execFileSync('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)], options).trim();
  } catch (error) {
    // ps ends with 1 where no process matches; anything else (no ps at all) must not read as "dead".
    if ((error as { status?: number | null }).status === 1) return null;
    throw error;
  }
}
