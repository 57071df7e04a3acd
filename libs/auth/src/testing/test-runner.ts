/** The test runner in which a ready suite runs: whichever has `describe` and `it`. */

type TestBody = () => Promise<void> | void;

/** As Jest, Vitest, Mocha and `node:test` have it. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: TestBody): unknown;
}

/**
 * The runner whose functions are global.
 * @throws TypeError where they are not: then pass them in, as `runner: { describe, it }`
 */
export function globalRunner(): TestRunner {
  const { describe, it } = globalThis as Partial<TestRunner>;
  if (typeof describe !== 'function' || typeof it !== 'function') {
    throw new TypeError('describe and it are not global: pass `runner: { describe, it }`');
  }
  return { describe, it };
}
