import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const path = (file: string): string => fileURLToPath(new URL(file, root));
const rows = readFileSync(path('docs/specifications.md'), 'utf8')
  .split('\n')
  .filter((line) => line.includes('`libs/') || line.includes('`apps/'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map((cells) => cells.slice(-3, -1) as [string, string]);

describe('docs/specifications.md', () => {
  it('has rows', () => {
    expect(rows.length).toBeGreaterThan(40);
  });

  it.each(rows)('names what is there: %s, %s', (enforcedIn, shownBy) => {
    const enforcing = /^`([^`]+)`$/.exec(enforcedIn)?.[1];
    const [, file, name] = /^`([^`]+)` "([^"]+)"$/.exec(shownBy) ?? [];
    expect(enforcing && existsSync(path(enforcing))).toBe(true);
    expect(readFileSync(path(file ?? ''), 'utf8')).toContain(name);
  });
});
