// Writes a `.env` for Docker Compose from `.env.example`, with random secrets; never over one that exists.
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { newClientSecret } from './start/demo-secrets.mjs';

const secretFor = (name) =>
  name.endsWith('_SECRET') ? newClientSecret() : randomBytes(32).toString('base64url');

const target = new URL('../.env', import.meta.url);
const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
const filled = example
  .replace(
    /^[^]*?\n\n/,
    '# Made by scripts/env.mjs for Docker Compose. Keep it: the volumes depend on these values.\n\n',
  )
  .replace(/^([A-Z_]+)=change-me.*$/gm, (_line, name) => `${name}=${secretFor(name)}`);

try {
  writeFileSync(target, filled, { mode: 0o600, flag: 'wx' });
  console.log('.env written, with random secrets. Next: docker compose up --build --wait');
} catch (error) {
  if (error.code !== 'EEXIST') throw error;
  console.error('.env exists, and the volumes depend on its secrets: nothing was changed.');
  process.exitCode = 1;
}
