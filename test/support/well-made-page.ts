/** What every page of ours has to be: readable at any size and in any colour, and to every tool. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type AxeResults } from 'axe-core';
import { type Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SCREENSHOTS = fileURLToPath(new URL('../test-output/pages/', import.meta.url));

/**
 * The page that is shown, wide and narrow, light and dark: nothing is cut off, and axe finds nothing.
 * @param page of a context with `bypassCSP`: no policy of ours would let axe in
 * @param name of the screenshots, for whoever looks at them
 */
export async function expectWellMade(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.evaluate(AXE);
  for (const [colorScheme, width, height] of [
    ['light', 1280, 800],
    ['dark', 1280, 800],
    ['light', 320, 640],
    ['dark', 320, 640],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    const path = `${SCREENSHOTS}${name}-${width}-${colorScheme}.png`;
    await page.screenshot({ path, fullPage: true });
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
    expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
  }
}
