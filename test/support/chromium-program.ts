/** Finds the Chromium that the machine has. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];

/** What to do so that no suite is left out. */
export const CHROMIUM_ADVICE =
  'Install Chromium (`apt-get install chromium` on Debian, `brew install --cask chromium` on macOS) or set ' +
  'CHROMIUM_PATH.';

/** The path of a Chromium on this machine, or null. */
export function findChromium(): string | null {
  const named = process.env['CHROMIUM_PATH'];
  if (named) return named;
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  const paths = PROGRAMS.flatMap((name) => directories.map((directory) => join(directory, name)));
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
