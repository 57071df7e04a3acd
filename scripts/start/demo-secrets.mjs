// Secrets of the demonstration's clients and of its user: random, made at the first start, kept for the next ones.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAMES = [
  'KEYWARD_DEMO_CLIENT_SECRET',
  'KEYWARD_DEMO_WRITER_SECRET',
  'KEYWARD_DEMO_WEB_SECRET',
  'KEYWARD_STOREFRONT_SECRET',
  'KEYWARD_ORDERS_SERVICE_SECRET',
  'KEYWARD_PAYMENTS_SERVICE_SECRET',
  'KEYWARD_DEMO_USER_PASSWORD',
];

/** A client secret: 256 random bits behind the prefix that secret scanners look for. */
export function newClientSecret() {
  return `kws_${randomBytes(32).toString('base64url')}`;
}

/** A password that can be typed: 100 random bits in groups of letters and digits. */
export function newPassword() {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
  const characters = [...randomBytes(20)].map((byte) => alphabet[byte % alphabet.length]);
  return characters.join('').replace(/.{5}(?=.)/g, '$&-');
}

const generate = (name) => (name.endsWith('_PASSWORD') ? newPassword() : newClientSecret());

/** The secrets by the name of their environment variable; what `env` already holds goes first. */
export function demoSecrets(dataDirectory, env) {
  const file = join(dataDirectory, 'demo-secrets.json');
  const kept = read(file);
  const all = Object.fromEntries(NAMES.map((name) => [name, kept[name] ?? generate(name)]));
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
