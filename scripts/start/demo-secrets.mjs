// Secrets of the demonstration's clients: random, made at the first start, kept for the next ones.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAMES = [
  'KEYWARD_DEMO_CLIENT_SECRET',
  'KEYWARD_DEMO_WRITER_SECRET',
  'KEYWARD_ORDERS_SERVICE_SECRET',
];

/** A client secret: 256 random bits behind the prefix that secret scanners look for. */
export function newClientSecret() {
  return `kws_${randomBytes(32).toString('base64url')}`;
}

/** The secrets by the name of their environment variable; what `env` already holds goes first. */
export function demoSecrets(dataDirectory, env) {
  const file = join(dataDirectory, 'demo-secrets.json');
  const kept = read(file);
  const all = Object.fromEntries(NAMES.map((name) => [name, kept[name] ?? newClientSecret()]));
  if (NAMES.some((name) => kept[name] === undefined)) {
    mkdirSync(dataDirectory, { recursive: true });
    writeFileSync(`${file}.new`, `${JSON.stringify(all, null, 1)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return Object.fromEntries(NAMES.map((name) => [name, env[name] || all[name]]));
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw new Error(`${file} cannot be read: remove it, or run npm run reset`, { cause: error });
  }
}
