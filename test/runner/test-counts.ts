/** Adds up the counts that every project's tests leave in `test-output/counts.json`. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The tests of a run by their outcome. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The full titles of the suites of which a test was skipped. */
  readonly skippedSuites: readonly string[];
}

/** Removes the counts of earlier runs, so that only a project that takes part in this one has any. */
export function clearCounts(workspace: string): void {
  for (const file of countFiles(workspace)) rmSync(file, { force: true });
}

/** The sum over all projects that have counts. */
export function addUpCounts(workspace: string): TestCounts {
  return countFiles(workspace)
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as TestCounts)
    .reduce(
      (sum, counts) => ({
        passed: sum.passed + counts.passed,
        failed: sum.failed + counts.failed,
        skipped: sum.skipped + counts.skipped,
        skippedSuites: [...sum.skippedSuites, ...counts.skippedSuites],
      }),
      { passed: 0, failed: 0, skipped: 0, skippedSuites: [] },
    );
}

function countFiles(workspace: string): string[] {
  const manifest = readFileSync(join(workspace, 'package.json'), 'utf8');
  const { workspaces } = JSON.parse(manifest) as { workspaces: string[] };
  const projects = workspaces.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern];
    const parent = pattern.slice(0, -2);
    return readdirSync(join(workspace, parent)).map((name) => join(parent, name));
  });
  return projects.map((project) => join(workspace, project, 'test-output', 'counts.json'));
}
