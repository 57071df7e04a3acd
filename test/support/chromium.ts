/** A real Chromium for the tests of the pages: the one that the machine has, nothing is downloaded. */
import { type Browser, chromium } from 'playwright-core';
import { CHROMIUM_ADVICE, findChromium } from './chromium-program.js';

/**
 * A `describe` in a Chromium, which it starts and ends. It is skipped where the machine has none and
 * KEYWARD_TEST_WITHOUT_CHROMIUM=1 says that this is meant, and the runner says so; it fails otherwise.
 * @param suite is given a function to be called from tests and hooks.
 */
export function describeWithChromium(name: string, suite: (browser: () => Browser) => void): void {
  // The runner finds the suites that did not run by this ending.
  const title = `${name} (real Chromium)`;
  const executablePath = findChromium();
  let browser: Browser | undefined;
  const access = () => {
    if (browser === undefined) throw new Error('the browser is there in tests and hooks alone');
    return browser;
  };
  if (executablePath === null && process.env['KEYWARD_TEST_WITHOUT_CHROMIUM'] === '1') {
    describe.skip(title, () => suite(access));
    return;
  }
  describe(title, () => {
    beforeAll(async () => {
      if (executablePath === null) {
        throw new Error(
          `There is no Chromium on this machine. ${CHROMIUM_ADVICE} KEYWARD_TEST_WITHOUT_CHROMIUM=1 ` +
            'leaves these tests out.',
        );
      }
      browser = await chromium.launch({ executablePath, args: ARGUMENTS });
    });
    afterAll(() => browser?.close());
    suite(access);
  });
}

// Nothing but what the tests ask for: no sandbox, which root cannot have, and no traffic of its own.
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];
