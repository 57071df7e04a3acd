/** Replaces a file's content in one step: after a crash it holds the old content or the new. */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One text file with one writer. */
export class AtomicFile {
  /** @param path absolute; missing folders are made by the first write */
  constructor(readonly path: string) {}

  /** The content, or null where there is no file yet. */
  async read(): Promise<string | null> {
    try {
      return await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /**
   * Writes beside the file, forces it to disk, then renames it over the file. Not safe to call again
   * before the promise settles: the caller puts its writes in a row.
   */
  async replace(content: string): Promise<void> {
    const folder = dirname(this.path);
    await mkdir(folder, { recursive: true });
    const temporary = `${this.path}.new`;
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(content, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.path);
    await syncFolder(folder);
  }
}

// A rename is durable only when its folder is; Windows cannot open a folder and needs no such step.
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
