// `.env.example` with a random secret in the place of each example.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { newClientSecret } from './start/demo-secrets.mjs';

const secretFor = (name) =>
  name.endsWith('_SECRET') ? newClientSecret() : randomBytes(32).toString('base64url');

/** @param text lines of `.env.example` */
export const fillSecrets = (text) =>
  text.replace(/^([A-Z_]+)=change-me.*$/gm, (_line, name) => `${name}=${secretFor(name)}`);

/** All of it. */
export const exampleEnvironment = () =>
  fillSecrets(readFileSync(new URL('../.env.example', import.meta.url), 'utf8'));
