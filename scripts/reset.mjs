// `npm run reset`: removes what Keyward keeps in its data folder, while no Keyward runs on it.
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeDataDirectory } from '../apps/auth-service/src/storage/postgres/embedded/data-directory-removal.ts';
import { DirectoryInUseError } from '../apps/auth-service/src/storage/postgres/embedded/directory-lock.ts';

// The folder may be anyone's choice: only what Keyward made is removed.
const OURS = [
  'orders.json',
  'orders.json.new',
  'payments.jsonl',
  'demo-secrets.json',
  'demo-secrets.json.new',
  'key-encryption.key',
];

async function reset(dataDirectory) {
  const removed = [];
  // The database's lock guards the rest as well, so all goes while it is held.
  const alongside = () => {
    for (const path of OURS.map((name) => join(dataDirectory, name))) {
      if (!existsSync(path)) continue;
      rmSync(path, { recursive: true });
      removed.push(path);
    }
  };
  const postgres = join(dataDirectory, 'postgres');
  if (await removeDataDirectory(postgres, { log: console.log, alongside })) removed.push(postgres);
  for (const path of removed) console.log(`removed ${path}`);
  if (removed.length === 0) console.log(`nothing to remove in ${dataDirectory}`);
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
