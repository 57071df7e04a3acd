// Jest reporter: leaves a project's counts in test-output/counts.json, where `npm test` adds them up.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export default class CountReporter {
  #rootDir;

  constructor(globalConfig) {
    this.#rootDir = globalConfig.rootDir;
  }

  onRunComplete(_contexts, results) {
    const directory = join(this.#rootDir, 'test-output');
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, 'counts.json'),
      JSON.stringify({
        passed: results.numPassedTests,
        // A file that could not be loaded ran no test, and is a failure all the same.
        failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
        skipped: results.numPendingTests + results.numTodoTests,
        skippedSuites: skippedSuites(results),
        failedFiles: failedFiles(results, this.#rootDir),
      }),
    );
  }
}

/** With the counts of each, so that a run of a file by itself can take their place. */
function failedFiles(results, rootDir) {
  return results.testResults
    .filter(({ numFailingTests, testExecError }) => numFailingTests > 0 || testExecError)
    .map((file) => ({
      file: relative(rootDir, file.testFilePath),
      passed: file.numPassingTests,
      failed: file.numFailingTests || 1,
      skipped: file.numPendingTests + file.numTodoTests,
    }));
}

function skippedSuites(results) {
  const skipped = results.testResults
    .flatMap((file) => file.testResults)
    .filter(({ status }) => status === 'pending');
  return [...new Set(skipped.map(({ ancestorTitles }) => ancestorTitles.join(' > ')))];
}
