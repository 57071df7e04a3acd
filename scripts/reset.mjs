// `npm run reset`: removes what Keyward keeps in its data folder, while no Keyward runs on it.
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  DirectoryInUseError,
  DirectoryLock,
} from '../apps/auth-service/src/storage/postgres/embedded/directory-lock.ts';
import { stopOrphanedPostmaster } from '../apps/auth-service/src/storage/postgres/embedded/orphan-postmaster.ts';

// The folder may be anyone's choice: only what Keyward made is removed. The lock lies in the last one.
const OURS = [
  'orders.json',
  'orders.json.new',
  'demo-secrets.json',
  'demo-secrets.json.new',
  'key-encryption.key',
  'postgres',
];

async function reset(dataDirectory) {
  const postgres = join(dataDirectory, 'postgres');
  const lock = existsSync(postgres) ? DirectoryLock.acquire(postgres) : null;
  try {
    if (lock) await stopOrphanedPostmaster(join(postgres, 'data'), console.log);
    const removed = OURS.map((name) => join(dataDirectory, name)).filter((path) =>
      existsSync(path),
    );
    for (const path of removed) {
      rmSync(path, { recursive: true });
      console.log(`removed ${path}`);
    }
    if (removed.length === 0) console.log(`nothing to remove in ${dataDirectory}`);
  } finally {
    // Its file is gone with its folder, unless something failed before.
    if (existsSync(postgres)) lock?.release();
  }
  removeFolder(dataDirectory);
}

function removeFolder(dataDirectory) {
  if (!existsSync(dataDirectory)) return;
  const others = readdirSync(dataDirectory);
  if (others.length === 0) rmdirSync(dataDirectory);
  else console.log(`kept in ${dataDirectory}, because it is not Keyward's: ${others.join(', ')}`);
}

const root = fileURLToPath(new URL('..', import.meta.url));
try {
  await reset(resolve(root, process.env.KEYWARD_DATA_DIR || '.keyward'));
} catch (error) {
  console.error(
    error instanceof DirectoryInUseError
      ? `Keyward is running on this data (process ${error.ownerPid}). Stop it first; nothing was removed.`
      : error.message,
  );
  process.exitCode = 1;
}
