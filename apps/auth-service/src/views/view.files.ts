/** The files of which pages are made: ours, and over them those of a team that brands the pages. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartupError } from '../config/startup.error.js';

// The same place from the source and from the build.
const OWN_DIRECTORY = fileURLToPath(new URL('../../views/', import.meta.url));

const TEMPLATE = '.html';
const ASSETS = 'assets';
const HASH_CHARACTERS = 16;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** A file that browsers load. */
export interface Asset {
  readonly body: Buffer;
  readonly contentType: string;
  /** Path with a hash of the content, so that browsers may keep it for good. */
  readonly path: string;
}

/** Templates and assets, read once, at start: no request touches the file system. */
export class ViewFiles {
  private constructor(
    /** Text by file name. */
    readonly templates: ReadonlyMap<string, string>,
    /** By file name without hash. */
    readonly assets: ReadonlyMap<string, Asset>,
  ) {}

  /**
   * @param overlayDirectory `*.html` and `assets/*` in it stand in place of ours of the same name, or
   *   beside them
   * @throws StartupError for a directory that cannot be read, and a file that no page could use
   */
  static load(overlayDirectory?: string): ViewFiles {
    const templates = new Map<string, string>();
    const assets = new Map<string, Asset>();
    const directories = [
      OWN_DIRECTORY,
      ...(overlayDirectory === undefined ? [] : [overlayDirectory]),
    ];
    for (const directory of directories) {
      for (const name of filesOf(directory)) {
        if (extname(name) !== TEMPLATE) throw unusable(directory, name);
        templates.set(name, readFileSync(join(directory, name), 'utf8'));
      }
      for (const name of filesOf(join(directory, ASSETS), directory === overlayDirectory)) {
        const contentType = CONTENT_TYPES[extname(name)];
        if (contentType === undefined) throw unusable(directory, `${ASSETS}/${name}`);
        const body = readFileSync(join(directory, ASSETS, name));
        assets.set(name, { body, contentType, path: pathOf(name, body) });
      }
    }
    return new ViewFiles(templates, assets);
  }
}

function filesOf(directory: string, mayBeAbsent = false): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && mayBeAbsent) return [];
    throw new StartupError(`AUTH_VIEWS_DIR cannot be read: ${message}`);
  }
}

function unusable(directory: string, name: string): StartupError {
  return new StartupError(
    `AUTH_VIEWS_DIR: ${join(directory, name)} is no template (*.html) and no asset that pages can use ` +
      `(${ASSETS}/* with ${Object.keys(CONTENT_TYPES).join(', ')})`,
  );
}

function pathOf(name: string, body: Buffer): string {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, HASH_CHARACTERS);
  const extension = extname(name);
  return `/${ASSETS}/${name.slice(0, -extension.length)}.${hash}${extension}`;
}
