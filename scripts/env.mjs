// Writes a `.env` for Docker Compose from `.env.example`, with random secrets. One that exists keeps
// every line, and gets the variables that a newer release added.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { exampleEnvironment, fillSecrets } from './environment.example.mjs';

const HEADER =
  '# Made by scripts/env.mjs for Docker Compose. Keep it: the volumes depend on these values.\n\n';
const NEXT = 'Next: docker compose up --build --wait';

const namesIn = (text) => [...text.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);

const target = new URL('../.env', import.meta.url);
const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');

try {
  writeFileSync(target, exampleEnvironment().replace(/^[^]*?\n\n/, HEADER), {
    mode: 0o600,
    flag: 'wx',
  });
  console.log(`.env written, with random secrets. ${NEXT}`);
} catch (error) {
  if (error.code !== 'EEXIST') throw error;
  const known = new Set(namesIn(readFileSync(target, 'utf8')));
  const missing = example.split('\n').filter((line) => namesIn(line).some((n) => !known.has(n)));
  if (missing.length > 0) appendFileSync(target, `\n${fillSecrets(missing.join('\n'))}\n`);
  console.log(
    missing.length === 0
      ? `.env exists and is complete: nothing was changed. ${NEXT}`
      : `.env exists: added ${missing.flatMap(namesIn).join(', ')}. ${NEXT}`,
  );
}
