/** The version of this package, for the package.json of who uses it. */
import { readFileSync } from 'node:fs';

/** The range under which the generators add @keyward/auth: what generated them, and what is compatible. */
export function libraryRange(): string {
  // The same number of folders below the package in the sources and in dist.
  const file = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return `^${version}`;
}
