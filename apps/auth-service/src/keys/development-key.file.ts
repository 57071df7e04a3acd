/** The key encryption key of a development machine: generated once, kept beside the embedded data. */
import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEY_ENCRYPTION_KEY_BYTES } from '../config/environment.schema.js';

const FILE_NAME = 'key-encryption.key';

/**
 * The key in the data directory, created with mode 0600 where there is none. Of processes that
 * create it at once, all get the same key. Production never comes here: its rules want a variable.
 *
 * @throws Error where the file does not hold a key
 */
export function loadDevelopmentKey(dataDirectory: string): Buffer {
  const path = join(dataDirectory, FILE_NAME);
  mkdirSync(dataDirectory, { recursive: true });
  // A link is made whole or not at all, and never over an existing file.
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, randomBytes(KEY_ENCRYPTION_KEY_BYTES).toString('base64url'), {
    mode: 0o600,
    flag: 'wx',
  });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  chmodSync(path, 0o600);
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url');
  if (key.length !== KEY_ENCRYPTION_KEY_BYTES) throw new Error(`${path} does not hold a key`);
  return key;
}
